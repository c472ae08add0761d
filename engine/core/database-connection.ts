/**
 * How to reach a database, as components hand it to each other and stacks export it. Never a password: whoever connects
 * fetches it at that moment from the place named here.
 */
export interface DatabaseConnection {
  /** `embedded`: a PostgreSQL of this machine's data root. `rds`: an RDS instance. `aurora`: an Aurora cluster, by its writer. */
  readonly kind: string;
  /** Name or address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** Name of the database on the server. */
  readonly database: string;
  /** Who logs in. */
  readonly user: string;
  /** Owns the application's objects and cannot log in; the engine takes this role. */
  readonly ownerRole: string;
  /** Of an embedded database: made with the cluster, renewed by a restore. On AWS: DbiResourceId or DbClusterResourceId. */
  readonly resourceId: string;
  /** Project under which the data root holds it, or its backups' manifests. */
  readonly project: string;
  /** Name below the project. */
  readonly instance: string;
  /** `file`, `secret` (one of AWS Secrets Manager, in RDS's own JSON form) or `iam` (a token of 15 minutes). @default "file" */
  readonly authentication?: string | undefined;
  /** With `file`: where the password lies, relative to the data root. */
  readonly passwordFile?: string | undefined;
  /** With `secret`: its ARN. */
  readonly secretArn?: string | undefined;
  /** AWS region; unset for an embedded database. */
  readonly region?: string | undefined;
  /** On AWS: DBInstanceIdentifier or DBClusterIdentifier, by which snapshots are taken. */
  readonly identifier?: string | undefined;
}
