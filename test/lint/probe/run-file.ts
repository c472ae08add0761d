import type { Client } from "pg";
import { asText, fieldsOf, kindOf } from "../../../engine/core/ast.js";
import type { AstNode, SqlParser } from "../../../engine/core/ports.js";
import { until } from "../../support/until.js";
import type { OldObjects } from "./old-objects.js";
import { countWork, watchStatement, workBetween, type Watched } from "./watch-statement.js";

/** What a run of the file showed: a list for each transaction, and how it ended. */
export interface Run {
  readonly transactions: readonly (readonly Watched[])[];
  readonly failure?: string;
}

/** How statements share transactions. `single`: each its own, unless the file says BEGIN. `whole`: all in one. */
export type Grouping = "single" | "whole";

export interface Stage {
  readonly session: Client;
  readonly watcher: Client;
  readonly old: OldObjects;
  readonly parser: SqlParser;
  readonly connect: () => Promise<Client>;
  /** Called whenever a transaction has ended: what others see from then on. */
  readonly afterTransaction: () => Promise<void>;
}

/** PostgreSQL's codes for what no transaction block may hold: active_sql_transaction, invalid_transaction_termination. */
export const NOT_IN_A_BLOCK: ReadonlySet<string> = new Set(["25001", "2D000"]);

export async function runFile(stage: Stage, sql: string, grouping: Grouping): Promise<Run> {
  const transactions: Watched[][] = [];
  const run = new FileRun(stage, transactions);
  try {
    if (grouping === "whole") await run.begin();
    for (const { node, offset, end } of stage.parser.parse(sql)) {
      await run.take(sql.slice(offset, end), transactionVerb(node));
    }
    // What a file leaves open, the tool's end of the session undoes.
    await run.end(grouping === "whole" ? "COMMIT" : "ROLLBACK");
    return { transactions };
  } catch (error) {
    await stage.session.query("ROLLBACK");
    return { transactions, failure: (error as Error).message };
  }
}

const VERBS: Readonly<Record<string, "begin" | "commit" | "rollback">> = {
  TRANS_STMT_BEGIN: "begin",
  TRANS_STMT_START: "begin",
  TRANS_STMT_COMMIT: "commit",
  TRANS_STMT_ROLLBACK: "rollback",
};

/** What the statement does to the transaction; empty: nothing, or only to a savepoint. */
export function transactionVerb(node: AstNode): "begin" | "commit" | "rollback" | "" {
  return kindOf(node) === "TransactionStmt" ? (VERBS[asText(fieldsOf(node)["kind"])] ?? "") : "";
}

class FileRun {
  #isOpen = false;

  constructor(
    private readonly stage: Stage,
    private readonly transactions: Watched[][],
  ) {}

  async begin(sql = "BEGIN"): Promise<void> {
    await this.stage.session.query(sql);
    this.#isOpen = true;
    this.transactions.push([]);
  }

  async end(sql: string): Promise<void> {
    await this.stage.session.query(sql);
    this.#isOpen = false;
    await this.stage.afterTransaction();
  }

  async take(sql: string, verb: string): Promise<void> {
    if (verb === "begin" && !this.#isOpen) return this.begin(sql);
    if (verb === "commit" || verb === "rollback") return this.end(sql);
    if (this.#isOpen) return this.#watch(sql);
    await this.begin();
    try {
      await this.#watch(sql);
      await this.end("COMMIT");
    } catch (error) {
      await this.end("ROLLBACK");
      if (!NOT_IN_A_BLOCK.has((error as { code?: string }).code ?? "")) throw error;
      this.transactions.pop();
      this.transactions.push([await watchAlone(this.stage, sql)]);
      await this.stage.afterTransaction();
    }
  }

  async #watch(sql: string): Promise<void> {
    const { session, watcher, old } = this.stage;
    const before = await countWork(session, old);
    await session.query(sql);
    this.transactions.at(-1)?.push(await watchStatement(session, watcher, old, sql, before));
  }
}

const STRONG = "('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";

/** What cannot be held open to be looked at: a writer of every table stands in its way, so that what it wants can be seen while it waits. */
async function watchAlone({ session, watcher, old, connect }: Stage, sql: string): Promise<Watched> {
  const writer = await connect();
  const before = await countWork(session, old);
  const { rows: pids } = await session.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
  const pid = pids[0]?.pid ?? 0;
  await standInTheWay(writer, watcher, old);
  const state = { isDone: false };
  const running = session.query(sql).finally(() => (state.isDone = true));
  running.catch(() => undefined);
  try {
    await until("the statement ended or waits", async () => state.isDone || (await isWaiting(watcher, pid)));
    const blocked = await strongLocks(watcher, pid, old);
    await writer.query("ROLLBACK");
    await running;
    const { work } = workBetween(old, before, await countWork(session, old));
    // Counts of rows mean nothing over several transactions; a new file on disk does.
    return { sql, blocked, work: work.filter((one) => one.startsWith("rewrites")), rowsHeld: [] };
  } finally {
    await writer.end();
  }
}

async function standInTheWay(writer: Client, watcher: Client, old: OldObjects): Promise<void> {
  const { rows } = await watcher.query<{ kind: string; name: string }>(
    `SELECT relkind AS kind, oid::regclass::text AS name FROM pg_catalog.pg_class WHERE oid = ANY ($1::oid[]) AND relkind IN ('r', 'p', 'm')`,
    [old.relations.map(({ oid }) => oid)],
  );
  await writer.query("BEGIN");
  for (const { kind, name } of rows) {
    await writer.query(kind === "m" ? `SELECT FROM ${name} LIMIT 0` : `LOCK TABLE ${name} IN ROW EXCLUSIVE MODE`);
  }
}

async function isWaiting(watcher: Client, pid: number): Promise<boolean> {
  const { rows } = await watcher.query<{ waits: boolean }>(
    "SELECT cardinality(pg_catalog.pg_blocking_pids($1)) > 0 AS waits",
    [pid],
  );
  return rows[0]?.waits ?? false;
}

/** Tables on which (or on whose index) the statement holds or wants a lock that stops writers. */
async function strongLocks(watcher: Client, pid: number, old: OldObjects): Promise<string[]> {
  const { rows } = await watcher.query<{ oid: number }>(
    `SELECT DISTINCT relation::int AS oid FROM pg_catalog.pg_locks
     WHERE pid = $1 AND locktype = 'relation' AND relation = ANY ($2::oid[]) AND mode IN ${STRONG}`,
    [pid, old.relations.map(({ oid }) => oid)],
  );
  return rows.map(({ oid }) => `writes of ${old.relations.find((relation) => relation.oid === oid)?.name ?? oid}`);
}
