/** What a program imports from "holdfast". */
export {
  DatabaseAccess,
  type DatabaseAccessArgs,
  type DatabaseConnections,
  type DatabaseRole,
  type NamedDatabaseRole,
} from "./database-access.js";
export { LocalDatabase, type LocalDatabaseArgs } from "./local-database.js";
export {
  SchemaMigrations,
  type ContractApproval,
  type MigratedInstance,
  type SchemaMigrationsArgs,
} from "./schema-migrations.js";
export type { MigrationCounts, ReportedHold, ReportedMigration } from "../engine/core/deploy-summary.js";
export type { DatabaseConnection } from "../engine/core/database-connection.js";
