import { RETIRED_SCHEMA } from "./engine-tables.js";
import { dottedName, quoteIdentifier, quoteLiteral } from "./quote-identifier.js";
import {
  cutName,
  type ColumnFacts,
  type ConstraintFacts,
  type IndexFacts,
  type RetiredObject,
  type RowsFacts,
  type TableFacts,
} from "./retired-object.js";

/** What undo does once everything is back under its name, each by itself, without stopping writers. */
export type LaterStep =
  | { readonly kind: "validate"; readonly table: string; readonly constraint: ConstraintFacts }
  | { readonly kind: "require"; readonly table: string; readonly column: string; readonly check: ConstraintFacts }
  | {
      readonly kind: "index";
      readonly index: IndexFacts;
      readonly key: { readonly table: string; readonly constraint: ConstraintFacts } | null;
    };

export interface UndoPlan {
  /** In one transaction, in this order. */
  readonly together: readonly string[];
  /** Tables those lock. */
  readonly tables: readonly string[];
  readonly later: readonly LaterStep[];
  /** What comes back, as a person names it. */
  readonly broughtBack: readonly string[];
  /** Statements that ran as written and stay as they are. */
  readonly left: readonly string[];
}

/** What the catalog says now of what was retired then. */
export interface Present {
  /** The table of a retired column, as SQL; it may have been renamed since. */
  readonly tableOf: (column: ColumnFacts) => string;
  /** The columns a copy of rows shares with its table, generated ones left out. */
  readonly columnsOf: (copy: string) => readonly string[];
}

/**
 * The way back from a contract, last thing first. Constraints come back NOT VALID, so that no table is scanned under a strong
 * lock, and are validated afterwards.
 */
export function planUndo(objects: readonly RetiredObject[], at: Present): UndoPlan {
  const parts = [...objects].reverse().map((object) => undoOf(object, at));
  return {
    together: parts.flatMap(({ together }) => together),
    tables: [...new Set(parts.flatMap(({ tables }) => tables))],
    later: parts.flatMap(({ later }) => later),
    broughtBack: parts.flatMap(({ name }) => name ?? []),
    left: parts.flatMap(({ left }) => left ?? []),
  };
}

interface Part {
  readonly together: readonly string[];
  readonly tables: readonly string[];
  readonly later: readonly LaterStep[];
  readonly name?: string;
  readonly left?: string;
}

function undoOf(object: RetiredObject, at: Present): Part {
  switch (object.kind) {
    case "column":
      return { name: `column ${object.object}`, ...undoColumn(object.facts, at.tableOf(object.facts)) };
    case "table":
      return { name: `table ${object.object}`, ...undoTable(object.facts) };
    case "rows":
      return object.facts.copy === null
        ? { together: [], tables: [], later: [], left: `${object.object}: ${object.facts.reason ?? ""}` }
        : { name: object.object, ...undoRows(object.facts, object.facts.copy, at.columnsOf(object.facts.copy)) };
    case "constraint":
      return { name: object.object, ...undoConstraint(object.facts, nameOf(object.facts)) };
    case "dropped":
      return {
        name: object.object,
        together: object.facts.definition,
        tables: [],
        later: object.facts.indexes.map((index) => ({ kind: "index", index, key: null })),
        ...(object.facts.definition.length + object.facts.indexes.length === 0 && { left: object.object }),
      };
    case "created":
      return { together: [object.facts.drop], tables: [], later: [] };
    case "as written":
      return { together: [], tables: [], later: [], left: object.facts.sql };
  }
}

function undoColumn(
  { schema, table: bare, column, retired, wasRequired, constraints }: ColumnFacts,
  table: string,
): Part {
  const back = constraints.map((constraint) => undoConstraint(constraint, table));
  const check = requiredCheck(schema, bare, column, retired);
  const required = wasRequired ? [addNotValid(check, table)] : [];
  return {
    together: [
      `ALTER TABLE ${table} RENAME COLUMN ${quoteIdentifier(retired)} TO ${quoteIdentifier(column)}`,
      ...required,
      ...back.flatMap(({ together }) => together),
    ],
    tables: [table],
    later: [
      ...(wasRequired ? [{ kind: "require" as const, table, column, check }] : []),
      ...back.flatMap(({ later }) => later),
    ],
  };
}

/** NOT NULL by way of a CHECK: once that is valid, SET NOT NULL needs no scan (PostgreSQL manual, ALTER TABLE). */
function requiredCheck(schema: string, table: string, column: string, retired: string): ConstraintFacts {
  const name = cutName(`required_${retired}`);
  const broken = `${quoteIdentifier(column)} IS NULL`;
  return {
    ...{ schema, table, name, type: "c", definition: `CHECK (${quoteIdentifier(column)} IS NOT NULL)` },
    ...{ isValidated: true, broken, index: null },
  };
}

function undoTable({ schema, table, retired, constraints }: TableFacts): Part {
  const name = dottedName([schema, table]);
  const back = constraints.map((constraint) => undoConstraint(constraint, name));
  return {
    together: [
      `ALTER TABLE ${dottedName([RETIRED_SCHEMA, retired])} SET SCHEMA ${quoteIdentifier(schema)}`,
      `ALTER TABLE ${dottedName([schema, retired])} RENAME TO ${quoteIdentifier(table)}`,
      ...back.flatMap(({ together }) => together),
    ],
    tables: [dottedName([RETIRED_SCHEMA, retired])],
    later: back.flatMap(({ later }) => later),
  };
}

/** Every row or none: a key that is taken again stops the undo. */
function undoRows({ schema, table, sequences }: RowsFacts, copy: string, columns: readonly string[]): Part {
  const [name, from, list] = [
    dottedName([schema, table]),
    dottedName([RETIRED_SCHEMA, copy]),
    columns.map(quoteIdentifier).join(", "),
  ];
  const sequencesBack = sequences.map((one) => {
    const sequence = quoteLiteral(one.name);
    return `SELECT setval(${sequence}, greatest(${one.lastValue}, coalesce(pg_sequence_last_value(${sequence}::regclass), 0)))`;
  });
  return {
    together: [
      `INSERT INTO ${name} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM ${from}`,
      `DROP TABLE ${from}`,
      ...sequencesBack,
    ],
    tables: [from],
    later: [],
  };
}

function undoConstraint(constraint: ConstraintFacts, table: string): Part {
  if (constraint.index !== null)
    return {
      together: [],
      tables: [],
      later: [{ kind: "index", index: constraint.index, key: { table, constraint } }],
    };
  const isChecked = ["c", "f", "n"].includes(constraint.type);
  return {
    together: [
      isChecked
        ? addNotValid(constraint, table)
        : `ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdentifier(constraint.name)} ${constraint.definition}`,
    ],
    tables: [table],
    later: isChecked && constraint.isValidated ? [{ kind: "validate", table, constraint }] : [],
  };
}

function addNotValid({ name, definition }: ConstraintFacts, table: string): string {
  const notValid = definition.endsWith(" NOT VALID") ? "" : " NOT VALID";
  return `ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}${notValid}`;
}

function nameOf({ schema, table }: ConstraintFacts): string {
  return dottedName([schema, table]);
}
