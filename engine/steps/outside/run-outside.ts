import type { AnalysedStatement, OutsideKind } from "../../core/analysed-migration.js";
import { ConnectionLost, type RunContext } from "../../core/ports.js";
import { lockTargets, type LockTarget } from "../../core/lock-targets.js";
import type { Migration } from "../../core/migration.js";
import { outsideKind } from "../../core/statement-kinds.js";
import { commitTogether } from "../commit-together.js";
import { sendPipelined } from "../contracts/in-transaction.js";
import { withLockDiscipline } from "../lock-discipline.js";
import { createIndex } from "./create-index.js";
import { detachPartition, readPartition } from "./detach-partition.js";
import { dropIndex } from "./drop-index.js";
import { forgetStatement, recordFinished, recordStarted, type Facts, type JournalRow } from "./journal.js";
import type { OutsideBehaviour } from "./outside-statement.js";
import { reindex } from "./reindex.js";
import { watched } from "./watch-statement.js";

/** VACUUM leaves nothing behind that would tell; doing it twice does no harm. */
const repeatable: OutsideBehaviour = {
  observe: () => Promise.resolve({}),
  settle: () => Promise.resolve("again"),
};

const BEHAVIOUR: Readonly<Record<OutsideKind, OutsideBehaviour>> = {
  create_index_concurrently: createIndex,
  drop_index_concurrently: dropIndex,
  reindex_concurrently: reindex,
  detach_partition_concurrently: detachPartition,
  vacuum: repeatable,
};

/** One statement of the closed list, at its place in a file. */
export interface OutsideWork {
  readonly migration: Migration;
  readonly statement: AnalysedStatement;
  readonly position: number;
  readonly kind: OutsideKind;
}

/**
 * Runs one statement that can have no transaction. `row` is what an earlier run left in the journal when it was cut off.
 * @throws ServerError, HoldfastError deadline_exceeded and what the statement's behaviour names
 */
export async function runOutside(ctx: RunContext, work: OutsideWork, row: JournalRow | undefined): Promise<void> {
  const { migration, statement, position, kind } = work;
  const { session } = ctx;
  const finished = recordFinished(migration.version, position, statement.text);
  const settle = async (facts: Facts): Promise<"finished" | "again"> =>
    watched(ctx, migration.name, () => BEHAVIOUR[kind].settle(ctx, statement, facts));
  if (row !== undefined && (await settle(row.facts)) === "finished") return sendPipelined(session, [finished]);
  const facts = await BEHAVIOUR[kind].observe(ctx, statement);
  await sendPipelined(session, [recordStarted(migration.version, { position, statement: statement.text, facts })]);
  ctx.killPoint("outside-before-statement");
  try {
    await watched(ctx, migration.name, () => send(ctx, work, facts));
  } catch (error) {
    if (!(error instanceof ConnectionLost)) await clearUp(ctx, work, facts);
    throw error;
  }
  ctx.killPoint("outside-before-journal");
  await sendPipelined(session, [finished]);
}

/** A statement that was cut off and stands differently in the file now: settled as it was run, then forgotten. */
export async function settleForeign(
  ctx: RunContext,
  { version }: Migration,
  { position, statement: text, facts }: JournalRow,
): Promise<"finished" | "again"> {
  const node = ctx.parser.parse(text)[0]?.node ?? {};
  const kind = outsideKind(node);
  if (kind !== null && (await BEHAVIOUR[kind].settle(ctx, { text, node }, facts)) === "finished") {
    await sendPipelined(ctx.session, [recordFinished(version, position, text)]);
    return "finished";
  }
  await sendPipelined(ctx.session, [forgetStatement(version, position)]);
  return "again";
}

async function send(ctx: RunContext, work: OutsideWork, facts: Facts): Promise<void> {
  const { session, policy } = ctx;
  const { migration, statement, kind } = work;
  const behaviour = BEHAVIOUR[kind];
  const tables = strongTargets(work);
  // Where no client can be made to wait, it may itself wait long: only old transactions stand in its way.
  const lockTimeoutMs = tables.length > 0 ? policy.lockTimeoutMs : policy.strongLockDeadlineMs;
  let isAgain = false;
  await withLockDiscipline(ctx, { file: migration.name, tables }, async (prelude) => {
    if (isAgain && (await behaviour.settle(ctx, statement, facts)) === "finished") return;
    isAgain = true;
    // Autovacuum is asked to give way in a transaction of its own; it takes a while to come back.
    if (prelude.length > 1)
      await commitTogether(
        session,
        prelude.map((sql) => ({ sql })),
      );
    await session.execute(`SET lock_timeout = ${lockTimeoutMs}`);
    await session.execute((await behaviour.command?.(ctx, statement)) ?? statement.text);
  });
}

/** A concurrent detach locks nobody out of the parent, but in the end the partition itself. */
function strongTargets({ statement, kind }: OutsideWork): LockTarget[] {
  if (kind !== "detach_partition_concurrently") return lockTargets([statement]);
  return [{ relation: readPartition(statement).partition, mode: "AccessExclusiveLock", reachesFurther: false }];
}

/** Whoever stood in the statement's way may stand in the way of clearing up, too. */
const CLEAR_UP_MS = 2000;

/** Nothing half done stays behind a statement that failed. Where even that fails, its journal row lets the next run do it. */
async function clearUp(
  ctx: RunContext,
  { migration, statement, position, kind }: OutsideWork,
  facts: Facts,
): Promise<void> {
  const policy = { ...ctx.policy, strongLockDeadlineMs: Math.min(CLEAR_UP_MS, ctx.policy.strongLockDeadlineMs) };
  try {
    await BEHAVIOUR[kind].settle({ ...ctx, policy }, statement, facts);
    await sendPipelined(ctx.session, [forgetStatement(migration.version, position)]);
  } catch (error) {
    if (error instanceof ConnectionLost) return;
    const message = `${migration.name}: what its statement ${position + 1} left half done is cleared away by the next run`;
    ctx.progress({ kind: "note", message });
  }
}
