import type { LiveTable } from "../lint/live-table.js";
import { sqlIdentifier } from "../lint/statement-facts.js";
import { quoteLiteral } from "../quote-identifier.js";
import type { FixStep } from "./fix-step.js";

/** The name of a table's own constraint or routine, within PostgreSQL's 63 bytes. */
export function ownName({ id }: Pick<LiveTable, "id">, ...words: readonly string[]): string {
  return [id.slice(id.indexOf(".") + 1), ...words].join("_").slice(0, 63);
}

/** A CHECK that proves a column NOT NULL once it is validated, and the files that make it so. */
export interface RequiredColumn {
  /** For the expand: nothing is read, new rows must have it. */
  readonly check: string;
  readonly drop: string;
  readonly switch: FixStep;
  readonly contract: FixStep;
}

export function requiredColumn(live: LiveTable, column: string): RequiredColumn {
  const { sql, name } = live;
  const [quoted, constraint] = [sqlIdentifier(column), sqlIdentifier(ownName(live, column, "required"))];
  const isRequired = `SELECT is_nullable = 'NO' FROM information_schema.columns\nWHERE ${columnCondition(live, column)};`;
  const drop = `ALTER TABLE ${sql} DROP CONSTRAINT ${constraint};`;
  return {
    check: `ALTER TABLE ${sql} ADD CONSTRAINT ${constraint} CHECK (${quoted} IS NOT NULL) NOT VALID;`,
    drop,
    switch: {
      phase: "switch",
      why: "the validated CHECK proves it, so NOT NULL needs no scan under its lock",
      description: `require ${ownName(live, column)}`,
      body: `ALTER TABLE ${sql} VALIDATE CONSTRAINT ${constraint};\nALTER TABLE ${sql} ALTER COLUMN ${quoted} SET NOT NULL;`,
      verify: isRequired,
      rollback: `ALTER TABLE ${sql} ALTER COLUMN ${quoted} DROP NOT NULL;`,
    },
    contract: {
      phase: "contract",
      why: `${name}.${column} is NOT NULL by now; the CHECK only helped to get there`,
      description: `drop ${ownName(live, column)} required`,
      body: drop,
      rollback: `ALTER TABLE ${sql} ADD CONSTRAINT ${constraint} CHECK (${quoted} IS NOT NULL) NOT VALID;`,
    },
  };
}

/** The row of information_schema.columns. */
export function columnCondition({ id }: Pick<LiveTable, "id">, column: string): string {
  const dot = id.indexOf(".");
  const [schema, table] = [id.slice(0, dot), id.slice(dot + 1)].map(quoteLiteral);
  return `table_schema = ${schema ?? ""} AND table_name = ${table ?? ""} AND column_name = ${quoteLiteral(column)}`;
}

export function columnIsThere(live: Pick<LiveTable, "id">, column: string): string {
  return `SELECT count(*) = 1 FROM information_schema.columns\nWHERE ${columnCondition(live, column)};`;
}
