import { asFields, asNodes, fieldsOf, isOptionOn, kindOf, type Fields } from "./ast.js";
import type { AnalysedStatement } from "./analysed-migration.js";
import { LOCK_MODES, type LockMode } from "./lock-modes.js";

/** A relation that will be locked in SHARE mode or stronger. */
export interface LockTarget {
  /** As to_regclass takes it: `"orders"`, `"app"."Order"`. */
  readonly relation: string;
  readonly mode: LockMode;
  /** Tables at the other end of foreign keys, and the parent of a partition, are locked with it. */
  readonly reachesFurther: boolean;
}

/** The relations that statements lock strongly, each with its strongest mode: a trigger need not wait for a reader. */
export function lockTargets(statements: readonly Pick<AnalysedStatement, "locks" | "node">[]): LockTarget[] {
  const targets = new Map<string, LockTarget>();
  for (const { locks, node } of statements) {
    const [kind, fields] = [kindOf(node), fieldsOf(node)];
    for (const relation of locks) {
      const known = targets.get(relation);
      targets.set(relation, {
        relation,
        mode: stronger(strongMode(kind, fields), known?.mode ?? "AccessShareLock"),
        reachesFurther: reachesFurther(kind, fields) || known?.reachesFurther === true,
      });
    }
  }
  return [...targets.values()];
}

function stronger(one: LockMode, other: LockMode): LockMode {
  return LOCK_MODES.indexOf(one) > LOCK_MODES.indexOf(other) ? one : other;
}

/** Forms of ALTER TABLE that take foreign keys away, rebuild them, or join a partition to those of its parent. */
const TOUCHES_KEYS: ReadonlySet<unknown> = new Set([
  "AT_DropColumn",
  "AT_DropConstraint",
  "AT_AlterColumnType",
  "AT_AlterConstraint",
  "AT_AttachPartition",
  "AT_DetachPartition",
]);

function reachesFurther(kind: string, fields: Fields): boolean {
  if (kind === "DropStmt" || kind === "TruncateStmt") return true;
  if (kind === "CreateStmt") return fields["partbound"] !== undefined;
  return asNodes(fields["cmds"]).some((node) => TOUCHES_KEYS.has(asFields(node["AlterTableCmd"])["subtype"]));
}

/** Forms of ALTER TABLE that writers wait for and readers do not (manual, ALTER TABLE). */
const READERS_PASS: ReadonlySet<unknown> = new Set([
  "AT_EnableTrig",
  "AT_EnableAlwaysTrig",
  "AT_EnableReplicaTrig",
  "AT_EnableTrigAll",
  "AT_EnableTrigUser",
  "AT_DisableTrig",
  "AT_DisableTrigAll",
  "AT_DisableTrigUser",
]);

/** What is not known to be weaker counts as ACCESS EXCLUSIVE. */
function strongMode(kind: string, fields: Fields): LockMode {
  switch (kind) {
    case "IndexStmt":
      return "ShareLock";
    case "CreateTrigStmt":
    case "AlterSeqStmt":
      return "ShareRowExclusiveLock";
    case "LockStmt":
      return LOCK_MODES[Number(fields["mode"]) - 1] ?? "AccessExclusiveLock";
    case "RefreshMatViewStmt":
      return fields["concurrent"] === true ? "ExclusiveLock" : "AccessExclusiveLock";
    case "ReindexStmt":
      return isOptionOn(fields["params"], "concurrently") ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock";
    case "CreateStmt":
      // A new partition locks its parent wholly; a foreign key only keeps writers from the table it points to.
      return fields["partbound"] === undefined ? "ShareRowExclusiveLock" : "AccessExclusiveLock";
    case "AlterTableStmt":
      return asNodes(fields["cmds"]).every(letsReadersPass) ? "ShareRowExclusiveLock" : "AccessExclusiveLock";
    default:
      return "AccessExclusiveLock";
  }
}

function letsReadersPass(node: Fields): boolean {
  const command = asFields(node["AlterTableCmd"]);
  const constraint = asFields(asFields(command["def"])["Constraint"]);
  const isForeignKey = command["subtype"] === "AT_AddConstraint" && constraint["contype"] === "CONSTR_FOREIGN";
  return isForeignKey || READERS_PASS.has(command["subtype"]);
}
