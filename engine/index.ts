export { dataRoot } from "./adapters/local/data-root.js";
export { connectionOf, openConnection } from "./adapters/local/connection.js";
export { findLocalInstance, listLocalInstances, type LocalInstance } from "./adapters/local/instance-file.js";
export {
  ensureLocalInstance,
  isLocalInstanceRunning,
  startLocalInstance,
  stopLocalInstance,
} from "./adapters/local/instances.js";
export type { DatabaseConnection } from "./core/database-connection.js";
export { HoldfastError } from "./core/errors.js";
export { plainText } from "./core/plain-text.js";
export { fileMigrationSource } from "./adapters/file-migration-source.js";
export { loadSqlParser } from "./adapters/libpg-sql-parser.js";
export type { ConnectionIdentity } from "./adapters/local/connection.js";
export type { AnalysedMigration } from "./core/analysed-migration.js";
export { defaultPolicy, type Approval, type Policy } from "./core/migration.js";
export { previewFiles, type FilesPreview, type ReportedMigration } from "./preview-files.js";
