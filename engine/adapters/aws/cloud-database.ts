/** A database as AWS describes it: an instance of RDS, or a cluster of Aurora with the members that run it. */
export interface CloudDatabase {
  /** DBInstanceIdentifier or DBClusterIdentifier. */
  readonly identifier: string;
  readonly arn: string;
  /** DbiResourceId or DbClusterResourceId. */
  readonly resourceId: string;
  /** `creating`, `available`, `restore-error`, … Of a cluster `available` only once its writer is. */
  readonly status: string;
  /** Unset until AWS has given it an endpoint. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** Of the password that RDS keeps. */
  readonly masterSecret: { readonly arn: string; readonly keyId: string | undefined } | undefined;
  /** What a restore leaves out where it is not told. */
  readonly settings: DatabaseSettings;
  /** Between these two instants AWS restores to any. */
  readonly earliestRestorable: Date | undefined;
  readonly latestRestorable: Date | undefined;
  readonly createdAt: Date | undefined;
  /** Of a cluster: its members, the writer first. */
  readonly members: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface DatabaseSettings {
  /** Of the instance, or the cluster's writer; `db.serverless` with `capacity`. */
  readonly instanceClass: string | undefined;
  readonly engine: string;
  readonly engineVersion: string | undefined;
  readonly subnetGroup: string | undefined;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string | undefined;
  /** Aurora: of the writer; `parameterGroup` is the cluster's. */
  readonly memberParameterGroup: string | undefined;
  readonly hasIamLogin: boolean;
  /** Aurora serverless v2, in its units. */
  readonly capacity: { readonly min: number; readonly max: number } | undefined;
}

/** What is restored: a snapshot by its id, or the database itself as it was at an instant. */
export type RestoreSource =
  | { readonly snapshot: string }
  | { readonly database: string; /** Unset: as late as can be. */ readonly at: Date | undefined };

/** The database a restore makes. */
export interface NewDatabase {
  readonly identifier: string;
  readonly port: number | undefined;
  readonly settings: DatabaseSettings;
  /** RDS makes a new password and keeps it, encrypted under that key where one is named; unset: those of the snapshot stay. */
  readonly managedPassword: { readonly keyId: string | undefined } | undefined;
  /** AWS refuses to delete it. */
  readonly isProtected: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export type DatabaseVerb = "restore" | "describe" | "complete" | "tag" | "delete";

/** The calls of RDS that restores take, alike for both kinds of database. Each throws the SDK's own errors. */
export interface DatabaseApi {
  readonly region: string;
  /** `rds:RestoreDBInstanceFromDBSnapshot` */
  action(verb: DatabaseVerb, source?: RestoreSource): string;
  /** Undefined where there is none of that identifier. */
  find(identifier: string): Promise<CloudDatabase | undefined>;
  /** All that bear this tag. */
  listTagged(tag: string, value: string): Promise<readonly CloudDatabase[]>;
  restore(source: RestoreSource, wish: NewDatabase): Promise<void>;
  /** What the restore itself cannot be told and is missing yet: a cluster's writer, the password that RDS keeps. May be asked again. */
  complete(found: CloudDatabase, wish: NewDatabase): Promise<void>;
  tag(arn: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** For good: without a last snapshot, and with its automated backups. */
  remove(found: CloudDatabase): Promise<void>;
}
