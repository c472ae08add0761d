export { dataRoot } from "./adapters/local/data-root.js";
export { openDatabase, type ConnectionRequest, type OpenDatabase } from "./adapters/open-database.js";
export { connectionOf, openConnection } from "./adapters/local/connection.js";
export { findLocalInstance, listLocalInstances, type LocalInstance } from "./adapters/local/instance-file.js";
export {
  ensureLocalInstance,
  isLocalInstanceRunning,
  startLocalInstance,
  startWithCertificate,
  stopLocalInstance,
} from "./adapters/local/instances.js";
export type { DatabaseConnection } from "./core/database-connection.js";
export { isRelease } from "./core/compare-releases.js";
export { asHoldfastError } from "./core/as-holdfast-error.js";
export type { ConnectionSettings } from "./core/connection-settings.js";
export { HoldfastError, joinFaults, type ErrorCode, type ErrorDetails } from "./core/errors.js";
export { nearestName } from "./core/nearest-name.js";
export { parseBytes, parseSeconds } from "./core/quantities.js";
export { errorJson, type ErrorDocument } from "./core/error-json.js";
export { redactUrls } from "./core/redact-urls.js";
export { plainText } from "./core/plain-text.js";
export { fileMigrationSource } from "./adapters/file-migration-source.js";
export { readFolderAs } from "./adapters/formats/read-folder-as.js";
export { FOLDER_FORMATS, isTool, TOOLS, type FolderFormat, type Tool } from "./core/adopt/tool-folder.js";
export { loadSqlParser } from "./adapters/libpg-sql-parser.js";
export type { ConnectionIdentity } from "./adapters/local/connection.js";
export type { AnalysedMigration } from "./core/analysed-migration.js";
export { defaultPolicy, type Approval, type MigrationFile, type Policy } from "./core/migration.js";
export type { DeploySummary, ReportedMigration } from "./core/deploy-summary.js";
export { previewFiles, type FilesPreview } from "./preview-files.js";
export { planDigest, type PendingMember } from "./core/pending-set.js";
export { findUnproven, type Promotion, type StagedMigration } from "./core/promotion.js";
export { parseReviewedPlan, renderReviewedPlan, type ReviewedPlan } from "./core/reviewed-plan.js";
export { summariseRun } from "./summarise-run.js";
export { pgSessions } from "./adapters/pg-session.js";
export type { BackupEntry, MigrationSource, ProgressEvent, Row, Session, SessionFactory } from "./core/ports.js";
export { newMigration } from "./core/new-migration.js";
export { parseMigrationName, versionOrder } from "./core/migration-name.js";
export type { Phase } from "./core/migration.js";
export {
  acceptMigration,
  adoptDatabase,
  baselineDatabase,
  migrateDatabase,
  planMigration,
  readDatabaseSchema,
  undoContract,
  type DeployTarget,
} from "./bind-world.js";
export type { AcceptReport } from "./accept.js";
export type { AdoptReport } from "./adopt.js";
export type { BaselineReport } from "./baseline.js";
export type { ByHandRequest } from "./by-hand.js";
export type { UndoReport } from "./undo.js";
export type {
  AppliedMigration,
  HeldMigration,
  MigrateRequest,
  PlannedStep,
  PlanResult,
  RanMigration,
  RunResult,
} from "./core/run.js";
export { adoptGeneration, type AdoptedGeneration, type Generation } from "./core/adopted-generation.js";
export { markAdopted } from "./bind-adoption.js";
export { findRegistered, listRegistered, type RegisteredDatabase } from "./adapters/aws/registered-databases.js";
export { drillInstance, verifyBackups } from "./bind-drill.js";
export type { DrillReport } from "./drill.js";
export type { Inspection, Proof } from "./core/inspection.js";
export { verificationFailed, type VerifiedBackup, type VerifyReport } from "./core/verify-report.js";
export { restoreBeside, type RestoreBesideRequest, type RestoreReport } from "./restore-beside.js";
export { switchInstance, type SwitchReport } from "./switch-instance.js";
export type { RestoreTarget } from "./core/restored-database.js";
export { backUpInstance, findLastSnapshot, type BackedUp, type DumpedDatabase } from "./bind-backups.js";
export {
  catalogueFolder,
  listCatalogue,
  type CatalogueListing,
  type CatalogueName,
} from "./adapters/backup/catalogue-folder.js";
export { findRegisteredAddress } from "./adapters/dump/registered-addresses.js";
export {
  copiesOf,
  fetchBackup,
  listPlaceBackups,
  readBackupPlaces,
  readBytePlace,
  type FetchBackupRequest,
} from "./bind-places.js";
export type { BackupCopy, BackupPlace, BytePlace } from "./core/backup-place.js";
export { catalogueFolderName } from "./core/catalogue-name.js";
export { listCatalogues } from "./adapters/backup/list-catalogues.js";
export {
  incidentsOf,
  listIncidentInstances,
  listInstanceIncidents,
  noteIncidentDecision,
  type FiledIncident,
  type IncidentListing,
  type IncidentsOf,
} from "./bind-incidents.js";
export { notRun, type Incident } from "./core/incident/incident.js";
export { accessFaults } from "./core/access/access-faults.js";
export { accessRequestOf, standardRoles, type AccessRequest, type AccessWish } from "./core/access/access-wish.js";
export type { AccessDifference } from "./core/access/compare-access.js";
export type { AccessReport } from "./access.js";
export { ensureLocalPassword, ensureSecretPassword, rotateLocalPassword } from "./bind-role-password.js";
export type { RolePasswordOutcome } from "./role-password.js";
export { applyDatabaseAccess, lookAtDatabaseAccess, type AccessTarget, type AppliedAccess } from "./bind-access.js";
export {
  findInstanceWaysBack,
  planMigrationRollback,
  rehearseMigrations,
  rollBackMigrations,
  type RehearsalTarget,
} from "./bind-rehearsal.js";
export type { RollbackPlan, RollbackStep, RollbackStop } from "./core/rehearsal/rollback-plan.js";
export type { WaysBack } from "./ways-back.js";
export { WAYS, type Way, type WayName } from "./core/ways-back/ways-back.js";
export type { RollbackReport } from "./roll-back-files.js";
export type { RehearseRequest } from "./rehearse.js";
export {
  rehearsalFailed,
  type DataLoss,
  type ObservedLock,
  type RehearsalReport,
  type RehearsedFile,
  type RehearsedStatement,
} from "./core/rehearsal/rehearsal-report.js";
export { modeAsSql } from "./core/lock-modes.js";
export { readPending } from "./pending.js";
export { pgHistoryStore } from "./adapters/pg-history-store.js";
export { checkDatabase, checkDeep, checkFailed, type CheckReport, type DeepCheck } from "./check.js";
export { readInfo, type DatabaseInfo } from "./info.js";
export { readStatus, type DatabaseStatus } from "./status.js";
export type { BaseEntry, CatalogueEntry } from "./core/catalogue.js";
export type { Drift } from "./core/fingerprint.js";
export type { Finding } from "./core/findings.js";
export { lintFolder, type LintReport, type LintRequest } from "./lint.js";
export { lintRemembered } from "./lint-remembered.js";
export { lintCache } from "./adapters/lint-cache.js";
export type { LintFinding, Severity } from "./core/lint/lint-finding.js";
export type { PlainFile } from "./core/lint/lint-file.js";
export { guessTool } from "./core/adopt/guess-tool.js";
export { judgeMigrations, lintFiles, type JudgedMigrations, type LintedFiles } from "./ci/judge-migrations.js";
export { planOfPreview, planOfSteps } from "./ci/schema-plan.js";
export type { Comparison, FileToRun, HeldFile, OldRelease, SchemaPlan } from "./core/ci/schema-plan.js";
export { approvalFindings, type WrittenApproval } from "./core/ci/approvals.js";
export { checkTrackedFiles, type RepositoryFindings } from "./core/ci/check-tracked-files.js";
export { tellApart, type KnownFinding } from "./core/ci/known-findings.js";
export {
  ENVIRONMENTS,
  missingVariables,
  REQUIRED_VARIABLES,
  unsetVariables,
  type EnvironmentVariables,
} from "./core/ci/required-variables.js";
export { faultFindings } from "./core/lint/fault-finding.js";
export { fixFolder, type FileFix } from "./fix-folder.js";
export type { FileChange } from "./core/fix/write-fix.js";
