import { asTexts, type Fields } from "../ast.js";
import type { LiveTable } from "./live-table.js";
import type { AddedColumn } from "./added-columns.js";
import type { JudgedStatement } from "./rule.js";
import type { Schema } from "./schema/schema.js";
import { SERIALS } from "./schema/type-names.js";
import { printId, sqlIdentifier, sqlName } from "./statement-facts.js";
import { writtenAlterTable } from "./written-sql.js";

/** A UNIQUE or PRIMARY KEY to be added. */
export interface UniqueConstraint {
  readonly name: string;
  readonly columns: readonly string[];
  readonly kind: "UNIQUE" | "PRIMARY KEY";
  /** Of the `Constraint` node. */
  readonly fields: Fields;
}

/** Adds a new column without the constraint, for the index to be built on. */
export function columnFirst(live: LiveTable, column: AddedColumn | undefined, statement: JudgedStatement): string[] {
  // A serial column is no less work: another rule says how it comes in.
  if (column === undefined || SERIALS.has(column.type.name)) return [];
  const written = writtenAlterTable(statement)?.column(column, ["CONSTR_UNIQUE", "CONSTR_PRIMARY"]);
  return written === undefined ? [] : ["-- expand:", `ALTER TABLE ${live.sql} ADD COLUMN ${written};`];
}

/** Its index is built first, while writes go on; then the constraint takes it over. A partitioned table has neither way. */
export function indexFirst(live: LiveTable, constraint: UniqueConstraint, schema: Schema): string[] {
  const partitions = live.table?.kind === "partitioned table" ? schema.partitionsOf(live.id) : undefined;
  if (partitions !== undefined)
    return indexOfPartitions(
      live,
      constraint,
      partitions.map(({ id }) => id),
    );
  const name = sqlIdentifier(constraint.name);
  return [
    "-- expand, a file of its own:",
    `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${live.sql} ${indexed(constraint)};`,
    "-- expand, the next file:",
    `ALTER TABLE ${live.sql} ADD CONSTRAINT ${name} ${constraint.kind} USING INDEX ${name}${deferral(constraint)};`,
  ];
}

function indexOfPartitions(live: LiveTable, constraint: UniqueConstraint, partitions: readonly string[]): string[] {
  const name = sqlIdentifier(constraint.name);
  const known = partitions.length === 0 ? ["public.<partition>"] : partitions;
  return [
    "-- expand; invalid until each partition has its own:",
    `CREATE UNIQUE INDEX ${name} ON ONLY ${live.sql} ${indexed(constraint)};`,
    ...known.flatMap((partition) => {
      const table = partition.startsWith("public.<") ? printId(partition) : sqlName(partition);
      const own = sqlIdentifier(`${printId(partition).replaceAll(/[<>."]/g, "")}_${constraint.columns.join("_")}_key`);
      return [
        "-- expand, a file of its own:",
        `CREATE UNIQUE INDEX CONCURRENTLY ${own} ON ${table} ${indexed(constraint)};`,
        "-- expand, the next file:",
        `ALTER INDEX ${name} ATTACH PARTITION ${own};`,
      ];
    }),
  ];
}

function indexed({ columns, fields }: UniqueConstraint): string {
  const list = (names: readonly string[]): string => `(${names.map(sqlIdentifier).join(", ")})`;
  const including = asTexts(fields["including"]);
  const nulls = fields["nulls_not_distinct"] === true ? " NULLS NOT DISTINCT" : "";
  return `${list(columns)}${including.length > 0 ? ` INCLUDE ${list(including)}` : ""}${nulls}`;
}

function deferral({ fields }: UniqueConstraint): string {
  if (fields["deferrable"] !== true) return "";
  return fields["initdeferred"] === true ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}
