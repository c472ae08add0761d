/** What a program imports from "holdfast". */
export {
  BackupPlan,
  type AccountCopyArgs,
  type BackupPlanArgs,
  type BackupReplicationArgs,
  type RegionCopyArgs,
  type ReplicatedInstance,
  type RestoreTestingArgs,
  type VaultLockArgs,
} from "./backup-plan.js";
export type { BreakGlass } from "./break-glass.js";
export {
  DatabaseAccess,
  type DatabaseAccessArgs,
  type DatabaseConnections,
  type DatabaseRole,
  type NamedDatabaseRole,
} from "./database-access.js";
export { DatabaseAlarms, type AlarmThresholds, type DatabaseAlarmsArgs } from "./database-alarms.js";
export { DatabaseNetwork, type DatabaseNetworkArgs } from "./database-network.js";
export { DatabaseSecrets, type DatabaseSecretsArgs, type PasswordRoleArgs } from "./database-secrets.js";
export { EncryptionKey, type EncryptionKeyArgs } from "./encryption-key.js";
export {
  FileStorage,
  type AccessLogArgs,
  type EnvironmentEntry,
  type FileStorageArgs,
  type ObjectLockArgs,
} from "./file-storage.js";
export type { GuardArgs } from "./guard.js";
export { LocalDatabase, type LocalDatabaseArgs } from "./local-database.js";
export {
  PersistentDatabase,
  type DatabaseGeneration,
  type DatabaseParameter,
  type PersistentDatabaseArgs,
  type ServerlessCapacity,
} from "./persistent-database.js";
export {
  SchemaMigrations,
  type ContractApproval,
  type MigratedInstance,
  type SchemaMigrationsArgs,
} from "./schema-migrations.js";
export type { MigrationCounts, ReportedHold, ReportedMigration } from "../engine/core/deploy-summary.js";
export type { DatabaseConnection } from "../engine/core/database-connection.js";
