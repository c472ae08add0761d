import type { AnalysedStatement } from "../../core/analysed-migration.js";
import { asNodes, fieldsOf, kindOf, nodesWithin } from "../../core/ast.js";
import type { LockMode } from "../../core/lock-modes.js";
import type { Migration } from "../../core/migration.js";
import type { Session } from "../../core/ports.js";
import { isStronger, type Probe } from "../../core/rehearsal/probe.js";
import { listedName, relationName } from "../../core/sql-names.js";
import { seen, type ObservedStatement } from "./observe-statement.js";
import type { Rehearsal } from "./rehearsal.js";
import { sendStatement } from "./send-statement.js";
import { takeProbeOf } from "./take-probe.js";

/** Between two looks at a statement that has not begun to wait yet. */
const LOOK_EVERY_MS = 1;
/** The oldest server that counts a session's scans when it is asked to. */
const FLUSHES_STATISTICS = 150000;

/**
 * Runs a statement that can have no transaction. Its locks are gone when it is done, so it is made to wait for a session that
 * holds its tables weakly, and is looked at meanwhile.
 * @param old relations from before the file
 * @throws HoldfastError statement_failed
 */
export async function observeOutside(
  rehearsal: Rehearsal,
  migration: Migration,
  statement: AnalysedStatement,
  old: Probe["relations"],
): Promise<ObservedStatement> {
  const { session, watch, blocker } = rehearsal.database;
  await flush(session);
  const before = await takeProbeOf(watch, session.pid);
  await hold(blocker, statement);
  const startedAt = rehearsal.stopwatch();
  const sent = settled(sendStatement(rehearsal, migration, statement));
  const { locks, waitedMs } = await lookWhileItWaits(rehearsal, sent).finally(() => blocker.execute("ROLLBACK"));
  const rows = await sent.result;
  const durationMs = rehearsal.stopwatch() - startedAt - waitedMs;
  await flush(session);
  const after = { ...(await takeProbeOf(watch, session.pid)), locks };
  const { line, column } = statement;
  return {
    statement: { line, column, ...seen(statement, old, before, after), durationMs: Math.max(0, durationMs), rows },
    contradictions: [],
  };
}

interface Sent {
  readonly result: Promise<number>;
  isDone: boolean;
}

/** An error is heard where the result is asked for. */
function settled(result: Promise<number>): Sent {
  const sent: Sent = { result, isDone: false };
  const done = (): void => {
    sent.isDone = true;
  };
  result.then(done, done);
  return sent;
}

/** A concurrent build waits for whoever may write, once it holds its own lock; VACUUM and DETACH wait for their like at once. */
async function hold(blocker: Session, statement: AnalysedStatement): Promise<void> {
  const isAlone = statement.outside === "vacuum" || statement.outside === "detach_partition_concurrently";
  const mode = isAlone ? "SHARE UPDATE EXCLUSIVE" : "ROW EXCLUSIVE";
  const tables = await blocker.query(TABLES, [JSON.stringify(relationsOf(statement))]);
  await blocker.execute("BEGIN");
  for (const { name } of tables) await blocker.execute(`LOCK TABLE ONLY ${name ?? ""} IN ${mode} MODE`);
}

const TABLES = `SELECT DISTINCT t.oid::regclass::text AS name
FROM jsonb_array_elements_text($1::jsonb) AS named
JOIN pg_class c ON c.oid = to_regclass(named) LEFT JOIN pg_index i ON i.indexrelid = c.oid
JOIN pg_class t ON t.oid = coalesce(i.indrelid, c.oid) WHERE t.relkind IN ('r', 'p')`;

function relationsOf({ node }: AnalysedStatement): string[] {
  const dropped = kindOf(node) === "DropStmt" ? asNodes(fieldsOf(node)["objects"]).map(listedName) : [];
  // A field with only one possible kind stands without its name.
  const named = [fieldsOf(node), ...nodesWithin(node).map(fieldsOf)].map((fields) => relationName(fields["relation"]));
  return [...new Set([...dropped, ...named])].filter((name) => name !== "");
}

interface Wait {
  readonly locks: ReadonlyMap<string, LockMode>;
  readonly waitedMs: number;
}

async function lookWhileItWaits({ database, ctx, stopwatch }: Rehearsal, sent: Sent): Promise<Wait> {
  const { session, watch } = database;
  let locks = new Map<string, LockMode>();
  while (!sent.isDone) {
    const isWaiting = (await watch.query(WAITS, [String(session.pid)])).length > 0;
    const seenAt = stopwatch();
    const { locks: now } = await takeProbeOf(watch, session.pid);
    locks = union(locks, now);
    if (isWaiting) return { locks, waitedMs: stopwatch() - seenAt };
    await ctx.clock.sleep(LOOK_EVERY_MS);
  }
  return { locks, waitedMs: 0 };
}

const WAITS = "SELECT FROM pg_catalog.pg_locks WHERE pid = $1::int AND NOT granted";

function union(one: ReadonlyMap<string, LockMode>, other: ReadonlyMap<string, LockMode>): Map<string, LockMode> {
  const all = new Map(one);
  for (const [oid, mode] of other) if (isStronger(mode, all.get(oid))) all.set(oid, mode);
  return all;
}

/** A session counts its scans for itself, and tells them now and then. */
async function flush(session: Session): Promise<void> {
  if (session.serverVersionNum >= FLUSHES_STATISTICS)
    await session.query("SELECT pg_catalog.pg_stat_force_next_flush()");
}
