import type { Rule } from "./rule.js";
import { addCheckValid } from "./rules/add-check-valid.js";
import { addColumnConstrainedDomain } from "./rules/add-column-constrained-domain.js";
import { addColumnGeneratedStored } from "./rules/add-column-generated-stored.js";
import { addColumnIdentity } from "./rules/add-column-identity.js";
import { addColumnSerial } from "./rules/add-column-serial.js";
import { addColumnVolatileDefault } from "./rules/add-column-volatile-default.js";
import { addExclusion } from "./rules/add-exclusion.js";
import { addFkInlineColumn } from "./rules/add-fk-inline-column.js";
import { addFkPartitioned } from "./rules/add-fk-partitioned.js";
import { addFkValid } from "./rules/add-fk-valid.js";
import { addPrimaryKey } from "./rules/add-primary-key.js";
import { addRequiredColumn } from "./rules/add-required-column.js";
import { addUnique } from "./rules/add-unique.js";
import { alterRolePassword } from "./rules/alter-role-password.js";
import { alterSystem } from "./rules/alter-system.js";
import { alterTypeCheckConstraint } from "./rules/alter-type-check-constraint.js";
import { alterTypeCollation } from "./rules/alter-type-collation.js";
import { alterTypeRewrite } from "./rules/alter-type-rewrite.js";
import { alterTypeTimezone } from "./rules/alter-type-timezone.js";
import { attachPartitionScan } from "./rules/attach-partition-scan.js";
import { cannotTell } from "./rules/cannot-tell.js";
import { cascadeFk } from "./rules/cascade-fk.js";
import { charVarcharTimestamp } from "./rules/char-varchar-timestamp.js";
import { clusterVacuumFull } from "./rules/cluster-vacuum-full.js";
import { combineAlterTable } from "./rules/combine-alter-table.js";
import { compositeAttribute } from "./rules/composite-attribute.js";
import { concurrentWithoutName } from "./rules/concurrent-without-name.js";
import { concurrentlyInTx } from "./rules/concurrently-in-tx.js";
import { createIndexBlocking } from "./rules/create-index-blocking.js";
import { createIndexPartitioned } from "./rules/create-index-partitioned.js";
import { createPartitionOf } from "./rules/create-partition-of.js";
import { createRuleInstead } from "./rules/create-rule-instead.js";
import { createTrigger } from "./rules/create-trigger.js";
import { ddlPlusDml } from "./rules/ddl-plus-dml.js";
import { deleteAll } from "./rules/delete-all.js";
import { detachPartition } from "./rules/detach-partition.js";
import { detachRows } from "./rules/detach-rows.js";
import { disableTrigger } from "./rules/disable-trigger.js";
import { doLoopWithoutCommit } from "./rules/do-loop-without-commit.js";
import { domainConstraint } from "./rules/domain-constraint.js";
import { dropCascade } from "./rules/drop-cascade.js";
import { dropColumn } from "./rules/drop-column.js";
import { dropColumnThenAdd } from "./rules/drop-column-then-add.js";
import { dropConstraint } from "./rules/drop-constraint.js";
import { dropDatabase } from "./rules/drop-database.js";
import { dropDefaultOnNotNull } from "./rules/drop-default-on-not-null.js";
import { dropExpression } from "./rules/drop-expression.js";
import { dropExtension } from "./rules/drop-extension.js";
import { dropFromPublication } from "./rules/drop-from-publication.js";
import { dropIndex } from "./rules/drop-index.js";
import { dropIndexBlocking } from "./rules/drop-index-blocking.js";
import { dropNotNull } from "./rules/drop-not-null.js";
import { dropObject } from "./rules/drop-object.js";
import { dropOwned } from "./rules/drop-owned.js";
import { dropPolicy } from "./rules/drop-policy.js";
import { dropRole } from "./rules/drop-role.js";
import { dropSchema } from "./rules/drop-schema.js";
import { dropTable } from "./rules/drop-table.js";
import { dropTrigger } from "./rules/drop-trigger.js";
import { dropType } from "./rules/drop-type.js";
import { dropTypeCascade } from "./rules/drop-type-cascade.js";
import { dropViewFunction } from "./rules/drop-view-function.js";
import { enableRls } from "./rules/enable-rls.js";
import { enumReorder } from "./rules/enum-reorder.js";
import { enumValueUsedInTx } from "./rules/enum-value-used-in-tx.js";
import { explainAnalyzeDml } from "./rules/explain-analyze-dml.js";
import { fkTypeMismatch } from "./rules/fk-type-mismatch.js";
import { fkWithoutIndex } from "./rules/fk-without-index.js";
import { grantPublic } from "./rules/grant-public.js";
import { identifierTooLong } from "./rules/identifier-too-long.js";
import { inheritRows } from "./rules/inherit-rows.js";
import { invalidIndexRetry } from "./rules/invalid-index-retry.js";
import { jsonColumn } from "./rules/json-column.js";
import { lockTable } from "./rules/lock-table.js";
import { manyStrongLocks } from "./rules/many-strong-locks.js";
import { mergeDelete } from "./rules/merge-delete.js";
import { missingLockTimeout } from "./rules/missing-lock-timeout.js";
import { missingStatementTimeout } from "./rules/missing-statement-timeout.js";
import { mixedFile } from "./rules/mixed-file.js";
import { narrowPrimaryKey } from "./rules/narrow-primary-key.js";
import { nestedTx } from "./rules/nested-tx.js";
import { notRepeatable } from "./rules/not-repeatable.js";
import { overwriteHistory } from "./rules/overwrite-history.js";
import { overwriteSettings } from "./rules/overwrite-settings.js";
import { pkUsingIndexNullable } from "./rules/pk-using-index-nullable.js";
import { reImport } from "./rules/re-import.js";
import { refreshMatviewBlocking } from "./rules/refresh-matview-blocking.js";
import { reindexBlocking } from "./rules/reindex-blocking.js";
import { renameColumn } from "./rules/rename-column.js";
import { renameEnumValue } from "./rules/rename-enum-value.js";
import { renameSchema } from "./rules/rename-schema.js";
import { renameTable } from "./rules/rename-table.js";
import { renameViewFunctionType } from "./rules/rename-view-function-type.js";
import { replaceFunctionSignature } from "./rules/replace-function-signature.js";
import { replaceIndexOrder } from "./rules/replace-index-order.js";
import { replaceViewColumns } from "./rules/replace-view-columns.js";
import { replicationRoleReplica } from "./rules/replication-role-replica.js";
import { revoke } from "./rules/revoke.js";
import { securityDefinerSearchPath } from "./rules/security-definer-search-path.js";
import { sequenceRewind } from "./rules/sequence-rewind.js";
import { setAccessMethod } from "./rules/set-access-method.js";
import { setLocalOutsideTx } from "./rules/set-local-outside-tx.js";
import { setNotNull } from "./rules/set-not-null.js";
import { setTablespace } from "./rules/set-tablespace.js";
import { setUnlogged } from "./rules/set-unlogged.js";
import { statementAfterAccessExclusive } from "./rules/statement-after-access-exclusive.js";
import { tightenUnique } from "./rules/tighten-unique.js";
import { timeoutDisabledOrLong } from "./rules/timeout-disabled-or-long.js";
import { truncate } from "./rules/truncate.js";
import { unbatchedBackfill } from "./rules/unbatched-backfill.js";
import { uncommittedTx } from "./rules/uncommitted-tx.js";
import { unlinkLargeObject } from "./rules/unlink-large-object.js";
import { unqualifiedName } from "./rules/unqualified-name.js";
import { updateAll } from "./rules/update-all.js";
import { validateInSameTx } from "./rules/validate-in-same-tx.js";
import { wideIndex } from "./rules/wide-index.js";
import { writeCatalog } from "./rules/write-catalog.js";

/** What nobody can read before it runs is never safe. */
export const CANNOT_TELL: Rule = cannotTell;

/** All rules, by id. One a file; its page is docs/rules/<id>.md. */
export const RULES: readonly Rule[] = [
  addCheckValid,
  addColumnConstrainedDomain,
  addColumnGeneratedStored,
  addColumnIdentity,
  addColumnSerial,
  addColumnVolatileDefault,
  addExclusion,
  addFkInlineColumn,
  addFkPartitioned,
  addFkValid,
  addPrimaryKey,
  addRequiredColumn,
  addUnique,
  alterRolePassword,
  alterSystem,
  alterTypeCheckConstraint,
  alterTypeCollation,
  alterTypeRewrite,
  alterTypeTimezone,
  attachPartitionScan,
  cannotTell,
  cascadeFk,
  charVarcharTimestamp,
  clusterVacuumFull,
  combineAlterTable,
  compositeAttribute,
  concurrentWithoutName,
  concurrentlyInTx,
  createIndexBlocking,
  createIndexPartitioned,
  createPartitionOf,
  createRuleInstead,
  createTrigger,
  ddlPlusDml,
  deleteAll,
  detachPartition,
  detachRows,
  disableTrigger,
  doLoopWithoutCommit,
  domainConstraint,
  dropCascade,
  dropColumn,
  dropColumnThenAdd,
  dropConstraint,
  dropDatabase,
  dropDefaultOnNotNull,
  dropExpression,
  dropExtension,
  dropFromPublication,
  dropIndex,
  dropIndexBlocking,
  dropNotNull,
  dropObject,
  dropOwned,
  dropPolicy,
  dropRole,
  dropSchema,
  dropTable,
  dropTrigger,
  dropType,
  dropTypeCascade,
  dropViewFunction,
  enableRls,
  enumReorder,
  enumValueUsedInTx,
  explainAnalyzeDml,
  fkTypeMismatch,
  fkWithoutIndex,
  grantPublic,
  identifierTooLong,
  inheritRows,
  invalidIndexRetry,
  jsonColumn,
  lockTable,
  manyStrongLocks,
  mergeDelete,
  missingLockTimeout,
  missingStatementTimeout,
  mixedFile,
  narrowPrimaryKey,
  nestedTx,
  notRepeatable,
  overwriteHistory,
  overwriteSettings,
  pkUsingIndexNullable,
  reImport,
  refreshMatviewBlocking,
  reindexBlocking,
  renameColumn,
  renameEnumValue,
  renameSchema,
  renameTable,
  renameViewFunctionType,
  replaceFunctionSignature,
  replaceIndexOrder,
  replaceViewColumns,
  replicationRoleReplica,
  revoke,
  securityDefinerSearchPath,
  sequenceRewind,
  setAccessMethod,
  setLocalOutsideTx,
  setNotNull,
  setTablespace,
  setUnlogged,
  statementAfterAccessExclusive,
  tightenUnique,
  timeoutDisabledOrLong,
  truncate,
  unbatchedBackfill,
  uncommittedTx,
  unlinkLargeObject,
  unqualifiedName,
  updateAll,
  validateInSameTx,
  wideIndex,
  writeCatalog,
];

/** The rules that look at a kind of statement. */
export const RULES_OF: ReadonlyMap<string, readonly Rule[]> = new Map(
  [...new Set(RULES.flatMap(({ kinds }) => kinds))].map((kind) => [
    kind,
    RULES.filter((rule) => rule.kinds.includes(kind)),
  ]),
);

/** What a comment may name. */
export const RULE_IDS: ReadonlySet<string> = new Set(RULES.map(({ id }) => id));
