import { RETIRED_SCHEMA } from "./engine-tables.js";
import { dottedName, quoteIdentifier, quoteLiteral } from "./quote-identifier.js";
import {
  cutName,
  type ColumnFacts,
  type ConstraintFacts,
  type DroppedFacts,
  type IndexFacts,
  type PartitionFacts,
  type RetiredObject,
  type RowsFacts,
  type TableFacts,
} from "./retired-object.js";

/** What undo does once everything is back under its name, each by itself, without stopping writers. */
export type LaterStep =
  | { readonly kind: "add"; readonly table: string; readonly constraint: ConstraintFacts; readonly sql: string }
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
  const all = parts.flatMap(({ constraints = [] }) => constraints);
  const steps = parts.flatMap(({ later = [] }) => later);
  // A foreign key needs the key it points to, which may still have to be built.
  const isKeyBuilt = steps.some((step) => step.kind === "index" && step.key !== null);
  const [waiting, ready] = [
    all.filter((one) => isKeyBuilt && isForeignKey(one)),
    all.filter((one) => !isKeyBuilt || !isForeignKey(one)),
  ];
  return {
    together: [...parts.flatMap(({ together }) => together), ...ready.map(addition)],
    tables: [...new Set([...parts.flatMap(({ tables = [] }) => tables), ...ready.map(({ table }) => table)])],
    later: [
      // NOT NULL before the keys: a primary key would scan for it under a strong lock.
      ...steps.filter(({ kind }) => kind === "require"),
      ...steps.filter(({ kind }) => kind === "index"),
      ...waiting.map((one) => ({ kind: "add" as const, ...one, sql: addition(one) })),
      ...steps.filter(({ kind }) => kind !== "index" && kind !== "require"),
      ...all.filter(isToBeValidated).map((one) => ({ kind: "validate" as const, ...one })),
    ],
    broughtBack: parts.flatMap(({ name }) => name ?? []),
    left: parts.flatMap(({ left }) => left ?? []),
  };
}

interface PlacedConstraint {
  /** As SQL. */
  readonly table: string;
  readonly constraint: ConstraintFacts;
}

interface Part {
  readonly together: readonly string[];
  /** Added when every table and column is back under its name. */
  readonly constraints?: readonly PlacedConstraint[];
  readonly tables?: readonly string[];
  readonly later?: readonly LaterStep[];
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
        ? { together: [], left: `${object.object}: ${object.facts.reason ?? ""}` }
        : { name: object.object, ...undoRows(object.facts, object.facts.copy, at.columnsOf(object.facts.copy)) };
    case "constraint":
      return { name: object.object, ...undoConstraint(object.facts) };
    case "dropped":
      return undoDropped(object.object, object.facts);
    case "created":
      return { together: [object.facts.drop] };
    case "as written":
      return { together: [], left: object.facts.sql };
  }
}

function undoColumn(
  { schema, table: bare, column, retired, wasRequired, constraints }: ColumnFacts,
  table: string,
): Part {
  const rename = `ALTER TABLE ${table} RENAME COLUMN ${quoteIdentifier(retired)} TO ${quoteIdentifier(column)}`;
  const back = { tables: [table], constraints: constraints.map((constraint) => ({ table, constraint })) };
  if (!wasRequired) return { together: [rename], ...back };
  const check = requiredCheck(schema, bare, column, retired);
  return {
    together: [rename, addition({ table, constraint: check })],
    ...back,
    later: [{ kind: "require", table, column, check }],
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

function undoTable(facts: TableFacts): Part {
  const { partitions = [], partitionOf, constraints } = facts;
  const name = dottedName([facts.schema, facts.table]);
  const attach =
    partitionOf === undefined
      ? []
      : [`ALTER TABLE ${partitionOf.parent} ATTACH PARTITION ${name} ${partitionOf.bound}`];
  return {
    together: [...[facts, ...partitions].flatMap(moveBack), ...attach],
    tables: [
      ...[facts, ...partitions].map(({ retired }) => dottedName([RETIRED_SCHEMA, retired])),
      ...(partitionOf === undefined ? [] : [partitionOf.parent]),
    ],
    constraints: constraints.map((constraint) => ({
      table: dottedName([constraint.schema, constraint.table]),
      constraint,
    })),
  };
}

function moveBack({ schema, table, retired }: PartitionFacts): string[] {
  return [
    `ALTER TABLE ${dottedName([RETIRED_SCHEMA, retired])} SET SCHEMA ${quoteIdentifier(schema)}`,
    `ALTER TABLE ${dottedName([schema, retired])} RENAME TO ${quoteIdentifier(table)}`,
  ];
}

/** Every row or none: a key that is taken again stops the undo. */
function undoRows({ schema, table, sequences }: RowsFacts, copy: string, columns: readonly string[]): Part {
  const [name, from] = [dottedName([schema, table]), dottedName([RETIRED_SCHEMA, copy])];
  const list = columns.map(quoteIdentifier).join(", ");
  const sequencesBack = sequences.map((one) => {
    const sequence = quoteLiteral(one.name);
    return `SELECT setval(${sequence}, greatest(${one.lastValue}, coalesce(pg_sequence_last_value(${sequence}::regclass), 0)))`;
  });
  const insert = `INSERT INTO ${name} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM ${from}`;
  return { together: [insert, `DROP TABLE ${from}`, ...sequencesBack], tables: [from] };
}

function undoConstraint(constraint: ConstraintFacts): Part {
  const table = dottedName([constraint.schema, constraint.table]);
  if (constraint.index === null) return { together: [], constraints: [{ table, constraint }] };
  return { together: [], later: [{ kind: "index", index: constraint.index, key: { table, constraint } }] };
}

function undoDropped(name: string, { definition, indexes }: DroppedFacts): Part {
  if (definition.length + indexes.length === 0) return { together: [], left: name };
  return { name, together: definition, later: indexes.map((index) => ({ kind: "index", index, key: null })) };
}

/** Of the kinds that can be NOT VALID; an exclusion constraint cannot, nor can a foreign key of a partitioned table everywhere. */
function addition({ table, constraint: { name, definition, type, isPartitioned } }: PlacedConstraint): string {
  const isWhole = type === "x" || (type === "f" && isPartitioned === true);
  const notValid = isWhole || definition.endsWith(" NOT VALID") ? "" : " NOT VALID";
  return `ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}${notValid}`;
}

function isToBeValidated({ constraint: { isValidated, type } }: PlacedConstraint): boolean {
  return isValidated && type !== "x";
}

function isForeignKey({ constraint: { type } }: PlacedConstraint): boolean {
  return type === "f";
}
