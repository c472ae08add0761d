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
