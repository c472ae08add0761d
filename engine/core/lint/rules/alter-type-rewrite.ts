import { castsCost } from "../cast-cost.js";
import { alteredLiveTable, type LiveTable } from "../live-table.js";
import { hasOtherCollation, rebuiltIndexes } from "../rebuilt-indexes.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { backfill, fillByTrigger, sqlLines } from "../safe-forms.js";
import { printType } from "../schema/type-names.js";
import { sqlIdentifier } from "../statement-facts.js";
import { typeChanges, type TypeChange } from "../type-change.js";
import { writtenAlterTable } from "../written-sql.js";

/** Unless old values serve as new ones, every row is written anew (manual, ALTER TABLE, Notes; the table is cast-cost.ts). */
export const alterTypeRewrite: Rule = {
  id: "alter-type-rewrite",
  severity: "error",
  harm: "stall",
  about: "changes a type so that every row is written anew",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return typeChanges(statement, live).flatMap((change) => violations(change, live, statement));
  },
};

function violations(change: TypeChange, live: LiveTable, statement: JudgedStatement): Violation[] {
  const { column, from, to, casts } = change;
  const { schema } = statement;
  const name = `${live.name}.${column}`;
  const fix = newColumn(change, live, statement);
  const rewrites = (what: string, is = "is"): Violation => ({
    message: `${what}: the table ${is} written anew while nobody reads or writes`,
    ...(fix !== undefined && { fix }),
  });
  if (from === undefined) {
    return [rewrites(`changes ${name}, whose present type no file shows, to ${printType(to)}`, "may be")];
  }
  if (from.generated === "virtual") return [];
  const types = `from ${printType(from.type)} to ${printType(to)}`;
  if (casts === undefined) return [rewrites(`changes ${name} ${types} with other values`)];
  if (castsCost(from.type, casts, schema) === "rewrite") return [rewrites(`changes ${name} ${types}`)];
  const rebuilt = hasOtherCollation(change) ? [] : rebuiltIndexes(change, live, schema);
  return rebuilt.length === 0 ? [] : [indexViolation(`changes ${name} ${types}`, rebuilt, live)];
}

function indexViolation(what: string, rebuilt: readonly string[], live: LiveTable): Violation {
  const names = rebuilt.join(", ");
  const [subject, them] = rebuilt.length === 1 ? [`the index ${names} is`, "it"] : [`the indexes ${names} are`, "them"];
  return {
    message: `${what}: ${subject} built anew while nobody reads or writes`,
    fix: `Drop ${them} CONCURRENTLY before, in a file of its own, and build ${them} CONCURRENTLY after; or add a column of the new type, as for a change that writes ${live.name} anew.`,
  };
}

/** A column of the new type beside the old one, kept alike by a trigger, filled in batches. */
function newColumn(change: TypeChange, live: LiveTable, statement: JudgedStatement): string | undefined {
  const written = writtenAlterTable(statement);
  if (written === undefined) return undefined;
  const { column, definition } = change;
  const type = written.type(definition);
  const next = `${column}_new`;
  const value = written.using(definition) ?? `${sqlIdentifier(column)}::${type}`;
  return sqlLines(
    "-- expand:",
    `ALTER TABLE ${live.sql} ADD COLUMN ${sqlIdentifier(next)} ${type};`,
    fillByTrigger(live, next, value),
    backfill(live, next, value),
    `-- then a release that uses ${next}, and in a later one a contract that drops ${column} and the trigger.`,
  );
}
