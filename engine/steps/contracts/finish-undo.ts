import { ServerError, type RunContext } from "../../core/ports.js";
import { dottedName, quoteIdentifier } from "../../core/quote-identifier.js";
import type { ConstraintFacts } from "../../core/retired-object.js";
import type { LaterStep } from "../../core/undo-plan.js";
import { withLockDiscipline } from "../lock-discipline.js";
import { inTransaction, sendPipelined } from "./in-transaction.js";
import { isTrue } from "./read-constraints.js";
import { listRows, type ListedRows } from "./list-rows.js";

export interface BrokenRows {
  /** The constraint or index that is not whole yet: `users_name_check on public.users`. */
  readonly what: string;
  /** What the server said. */
  readonly reason: string;
  /** Rows in the way; null where the server can only say that there are some. */
  readonly rows: ListedRows | null;
}

/** Validates what came back NOT VALID and builds indexes, each without stopping writers. What is done already is left alone. */
export async function finishUndo(ctx: RunContext, version: string, steps: readonly LaterStep[]): Promise<BrokenRows[]> {
  const broken: BrokenRows[] = [];
  for (const step of steps) {
    try {
      await finish(ctx, version, step);
      ctx.killPoint("undo-validated");
    } catch (error) {
      if (!(error instanceof ServerError) || !isBroken(error)) throw error;
      broken.push(await describe(ctx, step, error));
    }
  }
  return broken;
}

/** Class 23: rows that break the constraint. 42830 invalid_foreign_key: the key it points to could not be built. */
function isBroken({ sqlState }: ServerError): boolean {
  return sqlState.startsWith("23") || sqlState === "42830";
}

async function finish(ctx: RunContext, version: string, step: LaterStep): Promise<void> {
  switch (step.kind) {
    case "index":
      return buildIndex(ctx, version, step);
    case "add":
      if (await hasConstraint(ctx, step.table, step.constraint.name)) return;
      return withLocks(ctx, version, [step.table], [step.sql]);
    case "validate":
      return validate(ctx, version, step.table, step.constraint);
    case "require":
      await validate(ctx, version, step.table, step.check);
      return requireAgain(ctx, version, step);
  }
}

/** One transaction under the lock discipline. */
async function withLocks(
  ctx: RunContext,
  version: string,
  tables: readonly string[],
  sql: readonly string[],
): Promise<void> {
  const steps = sql.map((text) => ({ sql: text }));
  await withLockDiscipline(ctx, { file: version, tables }, (prelude) =>
    inTransaction(ctx, prelude, (session) => sendPipelined(session, steps)),
  );
}

async function validate(ctx: RunContext, version: string, table: string, { name }: ConstraintFacts): Promise<void> {
  const [row] = await ctx.session.query(
    "SELECT FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2 AND NOT convalidated",
    [table, name],
  );
  if (row === undefined) return;
  await withLocks(ctx, version, [], [`ALTER TABLE ${table} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`]);
}

/** The valid CHECK proves it, so SET NOT NULL scans nothing; then the CHECK has done its work. */
async function requireAgain(
  ctx: RunContext,
  version: string,
  step: Extract<LaterStep, { kind: "require" }>,
): Promise<void> {
  const { table, column, check } = step;
  if (!(await hasConstraint(ctx, table, check.name))) return;
  await withLocks(
    ctx,
    version,
    [table],
    [
      `ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`,
      `ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdentifier(check.name)}`,
    ],
  );
}

async function buildIndex(
  ctx: RunContext,
  version: string,
  { index, key }: Extract<LaterStep, { kind: "index" }>,
): Promise<void> {
  const { session } = ctx;
  if (key !== null && (await hasConstraint(ctx, key.table, key.constraint.name))) return;
  const name = dottedName([index.schema, index.name]);
  const [found] = await session.query("SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)", [
    name,
  ]);
  const isValid = isTrue(found?.["valid"]);
  if (found !== undefined && !isValid) await session.execute(`DROP INDEX CONCURRENTLY ${name}`);
  if (!isValid) await session.execute(concurrently(index.definition));
  if (key === null) return;
  const { constraint, table } = key;
  const adding = `ADD CONSTRAINT ${quoteIdentifier(constraint.name)} ${usingIndex(constraint, index.name)}`;
  await withLocks(ctx, version, [table], [`ALTER TABLE ${table} ${adding}`]);
}

/** `CREATE UNIQUE INDEX x …` as `CREATE UNIQUE INDEX CONCURRENTLY x …`. */
function concurrently(definition: string): string {
  return definition.replace(/^CREATE (UNIQUE )?INDEX /, "CREATE $1INDEX CONCURRENTLY ");
}

/** `UNIQUE (email) DEFERRABLE` as `UNIQUE USING INDEX x DEFERRABLE`. */
function usingIndex({ type, definition }: ConstraintFacts, index: string): string {
  const deferrable = /( DEFERRABLE)?( INITIALLY DEFERRED)?$/.exec(definition)?.[0] ?? "";
  return `${type === "p" ? "PRIMARY KEY" : "UNIQUE"} USING INDEX ${quoteIdentifier(index)}${deferrable}`;
}

async function hasConstraint({ session }: RunContext, table: string, name: string): Promise<boolean> {
  const rows = await session.query("SELECT FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2", [
    table,
    name,
  ]);
  return rows.length > 0;
}

async function describe({ session }: RunContext, step: LaterStep, { message }: ServerError): Promise<BrokenRows> {
  if (step.kind === "index")
    return { what: `index ${step.index.schema}.${step.index.name}`, reason: message, rows: null };
  const constraint = step.kind === "require" ? step.check : step.constraint;
  const what =
    step.kind === "require"
      ? `${quoteIdentifier(step.column)} NOT NULL on ${step.table}`
      : `${constraint.name} on ${step.table}`;
  const rows = constraint.broken === null ? null : await listRows(session, step.table, constraint.broken);
  return { what, reason: message, rows };
}
