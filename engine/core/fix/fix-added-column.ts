import { addedColumns } from "../lint/added-columns.js";
import { alteredLiveTable } from "../lint/live-table.js";
import { alterations, sqlIdentifier } from "../lint/statement-facts.js";
import { writtenAlterTable } from "../lint/written-sql.js";
import { batchWalk, NO_KEY } from "./batch-key.js";
import type { Fixer, FixStep } from "./fix-step.js";
import { columnIsThere, ownName, requiredColumn } from "./required-column.js";

const PLAIN: ReadonlySet<unknown> = new Set(["CONSTR_DEFAULT", "CONSTR_NOTNULL", "CONSTR_NULL"]);

/** A column whose default has one value per row: the column, its default for new rows, old rows in batches, then NOT NULL. */
export const fixAddedColumn: Fixer = (statement) => {
  const live = alteredLiveTable(statement);
  const [column, ...others] = addedColumns(statement);
  if (live === undefined || column === undefined || others.length + alterations(statement).length > 1) {
    return "the statement does more than that";
  }
  const written = writtenAlterTable(statement);
  const [value, walk] = [written?.defaultValue(column), batchWalk(live)];
  if (written === undefined || value === undefined)
    return "old rows would have no value: say which, in a DEFAULT or a backfill";
  if (column.constraints.some(({ contype }) => !PLAIN.has(contype)))
    return "the column comes with constraints: write them apart";
  if (walk === undefined) return NO_KEY;
  const { sql } = live;
  const quoted = sqlIdentifier(column.name);
  const isRequired = column.constraints.some(({ contype }) => contype === "CONSTR_NOTNULL");
  const required = requiredColumn(live, column.name);
  const fill: FixStep = {
    phase: "backfill",
    why: "the rows that were there before the column",
    description: `fill ${ownName(live, column.name)}`,
    batch: walk.tag,
    body: `UPDATE ${sql} SET ${quoted} = ${value} WHERE ${quoted} IS NULL AND ${walk.condition};`,
    ...(isRequired && { verify: `SELECT NOT EXISTS (SELECT FROM ${sql} WHERE ${quoted} IS NULL);` }),
    rollback: `restore the values go away with the column`,
  };
  return {
    inPlace: [
      `ALTER TABLE ${sql} ADD COLUMN ${quoted} ${written.type(column.definition, column.constraints)};`,
      `ALTER TABLE ${sql} ALTER COLUMN ${quoted} SET DEFAULT ${value};`,
      ...(isRequired ? [required.check] : []),
    ].join("\n"),
    inPlaceRollback: `ALTER TABLE ${sql} DROP COLUMN ${quoted};`,
    later: [fill, ...(isRequired ? [required.switch, required.contract] : [])].map((step, at) =>
      at === 0 && !isRequired ? { ...step, verify: columnIsThere(live, column.name) } : step,
    ),
  };
};
