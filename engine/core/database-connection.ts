/**
 * How to reach a database, as components hand it to each other and stacks export it. Never a password: whoever connects
 * fetches it at that moment from the place named here.
 */
export interface DatabaseConnection {
  /** `embedded`: a PostgreSQL of this machine's data root. */
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Who logs in. */
  readonly user: string;
  /** Owns the application's objects and cannot log in; the engine takes this role. */
  readonly ownerRole: string;
  /** Made with the cluster, renewed by a restore. */
  readonly resourceId: string;
  /** Project and name under which the data root holds it. */
  readonly project: string;
  readonly instance: string;
  /** Where the password lies, relative to the data root. */
  readonly passwordFile: string;
}
