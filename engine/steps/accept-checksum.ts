import { ENGINE_SCHEMA } from "../core/engine-tables.js";
import { HoldfastError } from "../core/errors.js";
import type { HistoryRow, Migration, MigrationFile } from "../core/migration.js";
import { asParameters, findPlaceholders } from "../core/placeholders.js";
import type { RunContext, SqlParser } from "../core/ports.js";
import { readMigration } from "../core/read-migration.js";
import { inTransaction, sendPipelined } from "./contracts/in-transaction.js";

/**
 * Records the checksum of an applied file that was repaired: a comment, @why, @verify or @rollback. What was executed must be
 * the same by its parse tree, and so must all else the header tells the engine. Run under the deploy's lock, with the engine's
 * tables made.
 * @returns the checksum that was replaced; the file's own where there was nothing to accept
 * @throws HoldfastError accept_refused; also what is wrong with the file itself
 */
export async function acceptChecksum(ctx: RunContext, file: MigrationFile, reason: string): Promise<string> {
  const migration = readMigration(file);
  const { history } = await ctx.history.load(ctx.session);
  const row = history.find(({ order }) => order === migration.order);
  if (row === undefined || !HAS_RUN.has(row.state))
    throw refused(migration, stateOf(row), "Simply deploy it: it may still change.");
  if (row.checksum === migration.checksum) return migration.checksum;
  const text = await ctx.history.readText(ctx.session, row.version);
  if (text === null || row.checksum === null) throw refused(migration, "what ran is not on record", PUT_BACK);
  const difference = differenceOf(readMigration({ ...migration, text }), migration, ctx.parser);
  if (difference !== undefined) throw refused(migration, difference, PUT_BACK);
  await record(ctx, migration, row, row.checksum, reason);
  return row.checksum;
}

const HAS_RUN: ReadonlySet<string> = new Set(["applied", "unverified", "retired"]);
const PUT_BACK = "Put the file back as it was deployed, and write the change as a new file.";

async function record(
  ctx: RunContext,
  migration: Migration,
  { version, state }: HistoryRow,
  replaced: string,
  reason: string,
): Promise<void> {
  const accepted = {
    sql: `INSERT INTO ${ENGINE_SCHEMA}.accepted_checksums (version, checksum, replaced, reason) VALUES ($1, $2, $3, $4)`,
    values: [version, migration.checksum, replaced, reason],
  };
  await inTransaction(ctx, [], (session) =>
    sendPipelined(session, [accepted, ctx.history.setState(version, state, { migration })]),
  );
}

/** What else than a comment, @why, @verify or @rollback has changed. */
function differenceOf(before: Migration, after: Migration, parser: SqlParser): string | undefined {
  if (!parser.sameTree(executed(before, parser), executed(after, parser)))
    return "its statements are no longer those that ran";
  const [old, now] = [headerOf(before), headerOf(after)];
  const tag = Object.keys(old).find((name) => old[name] !== now[name]);
  return tag && `its @${tag} has changed`;
}

function executed({ body }: Migration, parser: SqlParser): string {
  return asParameters(body.text, findPlaceholders(body.text, parser));
}

function headerOf({ phase, closes = "", batch, copyNone = "" }: Migration): Record<string, string> {
  return { phase, closes, batch: JSON.stringify(batch ?? null), copy: copyNone };
}

function stateOf(row: HistoryRow | undefined): string {
  return row === undefined ? "it was never applied to this database" : `it has not run to its end here (${row.state})`;
}

function refused({ path }: Migration, why: string, next: string): HoldfastError {
  return new HoldfastError("accept_refused", `${path} cannot be accepted: ${why}.`, {
    location: { file: path, line: 1, column: 1 },
    next,
  });
}
