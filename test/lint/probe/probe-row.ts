import type { Client } from "pg";
import { analyseMigration } from "../../../engine/core/analyse-migration.js";
import type { Batch, Migration } from "../../../engine/core/migration.js";
import type { SqlParser } from "../../../engine/core/ports.js";
import { readMigration } from "../../../engine/core/read-migration.js";
import { migrationFile } from "../../support/migration-file.js";
import { SHOP_CLIENT } from "../corpus/shop.js";
import { deriveLabel } from "./derive-label.js";
import { lookForLoss } from "./look-for-loss.js";
import { askAll, askAllAnew, compareAnswers } from "./old-client.js";
import { readOldObjects } from "./old-objects.js";
import type { CorpusRow, Label } from "./probed-row.js";
import { runBatches } from "./run-batches.js";
import { runFile, type Grouping, type Run, type Stage } from "./run-file.js";
import { runUncommitted } from "./run-uncommitted.js";
import type { ShopServer } from "./shop-server.js";

/** How a file is run. */
export interface Plan {
  readonly sql: string;
  readonly grouping: Grouping;
  readonly isContract: boolean;
  readonly backfill?: { readonly migration: Migration; readonly batch: Batch };
}

/** Runs the row's file on a filled shop and tells from what was seen whether it is safe. */
export async function probeRow(server: ShopServer, parser: SqlParser, row: CorpusRow): Promise<Label> {
  const plan = planRow(parser, row);
  return (await probeUncommitted(server, parser, row, plan)) ?? (await probeCopy(server, parser, row, plan));
}

export function planRow(parser: SqlParser, row: Pick<CorpusRow, "sql" | "manner">): Plan {
  if (row.manner !== "holdfast") return { sql: row.sql, grouping: "single", isContract: false };
  const migration = readMigration(migrationFile("0900_probed.sql", row.sql));
  const sql = migration.body.text;
  if (migration.batch !== undefined) {
    return { sql, grouping: "whole", isContract: false, backfill: { migration, batch: migration.batch } };
  }
  const { statements } = analyseMigration(migration, parser);
  const isOutside = statements.some(({ outside }) => outside !== null);
  return { sql, grouping: isOutside ? "single" : "whole", isContract: migration.phase === "contract" };
}

/** What a rollback does not take back, or what a session's own eyes would see otherwise than another's. */
export const LASTING = /nextval|setval|temp|tablespace|create\s+(database|role)/i;

/** One transaction that is rolled back: quicker than a copy. Undefined where the row needs more. */
async function probeUncommitted(
  server: ShopServer,
  parser: SqlParser,
  row: CorpusRow,
  plan: Plan,
): Promise<Label | undefined> {
  const needsCopy = row.before ?? row.rows ?? row.onServer ?? row.client ?? plan.backfill;
  if (needsCopy !== undefined || LASTING.test(plan.sql)) return undefined;
  return server.inShop(async ({ session, watcher, old }) => {
    await session.query("BEGIN");
    const before = await askAll(session, SHOP_CLIENT);
    await session.query("ROLLBACK");
    const run = await runUncommitted({ session, watcher, old, parser }, plan.sql, plan.grouping);
    if (run === undefined) return undefined;
    if (run.failure !== undefined) return deriveLabel({ run, loss: [], breaks: [] }, plan.isContract);
    await session.query("RESET ALL");
    const loss = await lookForLoss(session, old);
    const breaks = compareAnswers(SHOP_CLIENT, before, await askAll(session, SHOP_CLIENT));
    return deriveLabel({ run, loss, breaks }, plan.isContract);
  });
}

function probeCopy(server: ShopServer, parser: SqlParser, row: CorpusRow, plan: Plan): Promise<Label> {
  return server.inCopy(row.onServer ?? [], async (connect) => {
    const [session, watcher] = await Promise.all([connect(), connect()]);
    await prepare(session, parser, row);
    const client = [...SHOP_CLIENT, ...(row.client ?? [])];
    const before = await askAllAnew(watcher, client);
    const breaks = new Set<string>();
    const afterTransaction = async (): Promise<void> => {
      for (const one of compareAnswers(client, before, await askAllAnew(watcher, client))) breaks.add(one);
    };
    const old = await readOldObjects(watcher);
    const own = { ...old, databases: old.databases.filter((name) => row.onServer?.join().includes(name)) };
    const run = await runAs({ session, watcher, old: own, parser, connect, afterTransaction }, plan);
    const loss = await lookForLoss(watcher, own);
    return deriveLabel({ run, loss, breaks: [...breaks] }, plan.isContract);
  });
}

async function prepare(session: Client, parser: SqlParser, { before = [], rows = "" }: CorpusRow): Promise<void> {
  for (const file of [...before, rows]) {
    for (const { offset, end } of parser.parse(file)) await session.query(file.slice(offset, end));
  }
  await session.query("RESET ALL");
}

export function runAs(stage: Stage, { sql, grouping, backfill }: Plan): Promise<Run> {
  if (backfill !== undefined) return runBatches(stage, backfill.migration, backfill.batch);
  return runFile(stage, sql, grouping);
}
