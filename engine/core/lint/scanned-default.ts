import type { Fields } from "../ast.js";
import { liveTable, type LiveTable } from "./live-table.js";
import { boundsAsSql, readBounds, type KeyBounds } from "./partition-bounds.js";
import { provesOutside } from "./partition-proof.js";
import type { JudgedStatement } from "./rule.js";
import type { Table } from "./schema/objects.js";
import { validate } from "./safe-forms.js";
import { sqlIdentifier } from "./statement-facts.js";

/** The one column of a partition key and what a partition takes of it; undefined where the text does not tell. */
export function keyBounds(parent: Table | undefined, bound: Fields): { key: string; bounds: KeyBounds } | undefined {
  const [key, ...others] = parent?.partitionKey ?? [];
  const bounds = readBounds(bound);
  return key === undefined || key === "" || others.length > 0 || bounds === undefined ? undefined : { key, bounds };
}

/** The default partition in use whose rows are read, because one may belong to a new partition. */
export function scannedDefault(parent: string, bound: Fields, statement: JudgedStatement): LiveTable | undefined {
  const { schema } = statement;
  const found = schema.partitionsOf(parent).find(({ isDefaultPartition }) => isDefaultPartition === true);
  if (found === undefined || bound["is_default"] === true) return undefined;
  const known = keyBounds(schema.tables.get(parent), bound);
  if (known !== undefined && provesOutside(found, known.key, known.bounds)) return undefined;
  return liveTable(statement, found.id);
}

/** A CHECK that keeps a table's rows within bounds, or out of them, proved while reads and writes go on. */
export function provedBounds(
  live: LiveTable,
  known: ReturnType<typeof keyBounds>,
  place: "within" | "outside",
): string[] {
  if (known === undefined) return [];
  const condition = boundsAsSql(sqlIdentifier(known.key), known.bounds);
  const constraint = sqlIdentifier(`${live.id.slice(live.id.indexOf(".") + 1)}_${place}`);
  const check = place === "within" ? condition : `NOT (${condition})`;
  return [
    "-- expand:",
    `ALTER TABLE ${live.sql} ADD CONSTRAINT ${constraint} CHECK (${check}) NOT VALID;`,
    ...validate(live.sql, constraint),
    "-- then the statement as it is, in a file of its own.",
  ];
}
