import type { Client } from "pg";
import type { SqlParser } from "../../../engine/core/ports.js";
import type { RuleRow } from "../rule-rows.js";
import { clientFromCatalog } from "./client-from-catalog.js";
import { deriveLabel } from "./derive-label.js";
import { fillTables } from "./fill-tables.js";
import { lookForLoss } from "./look-for-loss.js";
import { askAll, askAllAnew, compareAnswers, type Answers } from "./old-client.js";
import { readOldObjects, type OldObjects } from "./old-objects.js";
import { LASTING, planRow, runAs, type Plan } from "./probe-row.js";
import type { Label } from "./probed-row.js";
import { grantAll, rolesOf, runHistory } from "./rule-history.js";
import { runUncommitted } from "./run-uncommitted.js";
import type { ShopServer } from "./shop-server.js";

/** A database behind a row's history, its tables filled in between. */
interface Prepared {
  readonly session: Client;
  readonly watcher: Client;
  readonly old: OldObjects;
  /** What each role says to it. */
  readonly clients: readonly {
    readonly role: string;
    readonly statements: readonly string[];
    readonly before: Answers;
  }[];
}

/** Runs rows of one history, each on tables that were filled, and tells what a server did with them. */
export async function probeRuleRows(server: ShopServer, parser: SqlParser, rows: readonly RuleRow[]): Promise<Label[]> {
  const labels: Label[] = [];
  await server.inCopy([], async (connect) => {
    const shared = await prepare(connect, parser, rows[0]);
    for (const row of rows) {
      labels.push((await probeShared(shared, parser, row)) ?? (await probeAlone(server, parser, row)));
    }
  });
  return labels;
}

async function probeShared(prepared: Prepared, parser: SqlParser, row: RuleRow): Promise<Label | undefined> {
  const plan = planOf(parser, row);
  if (LASTING.test(plan.sql) || plan.backfill !== undefined) return undefined;
  const { session, watcher, old, clients } = prepared;
  try {
    const run = await runUncommitted({ session, watcher, old, parser }, plan.sql, plan.grouping);
    if (run === undefined) return undefined;
    if (run.failure !== undefined) return deriveLabel({ run, loss: [], breaks: [] }, false);
    await session.query("RESET ALL");
    const loss = await lookForLoss(session, old);
    const breaks: string[] = [];
    for (const { role, statements, before } of clients) {
      await session.query("SAVEPOINT asked");
      breaks.push(...compareAnswers(statements, before, await askAll(session, statements, role)));
      await session.query("ROLLBACK TO asked");
    }
    return deriveLabel({ run, loss, breaks }, false);
  } finally {
    await session.query("ROLLBACK; DEALLOCATE ALL");
  }
}

function probeAlone(server: ShopServer, parser: SqlParser, row: RuleRow): Promise<Label> {
  return server.inCopy([], async (connect) => {
    const { session, watcher, old, clients } = await prepare(connect, parser, row);
    const breaks = new Set<string>();
    const afterTransaction = async (): Promise<void> => {
      for (const { role, statements, before } of clients) {
        const now = await askAllAnew(watcher, statements, role);
        for (const one of compareAnswers(statements, before, now)) breaks.add(one);
      }
    };
    const run = await runAs({ session, watcher, old, parser, connect, afterTransaction }, planOf(parser, row));
    return deriveLabel({ run, loss: await lookForLoss(watcher, old), breaks: [...breaks] }, false);
  });
}

function planOf(parser: SqlParser, { sql, manner = "holdfast", isOneTransaction }: RuleRow): Plan {
  const plan = planRow(parser, { sql, manner });
  return isOneTransaction === true ? { ...plan, grouping: "whole" } : plan;
}

async function prepare(connect: () => Promise<Client>, parser: SqlParser, row: RuleRow | undefined): Promise<Prepared> {
  const [session, watcher] = await Promise.all([connect(), connect()]);
  await runHistory(session, parser, row);
  await fillTables(watcher);
  await grantAll(watcher);
  const clients = [];
  for (const role of await rolesOf(watcher)) {
    const statements = await clientFromCatalog(watcher, role);
    clients.push({ role, statements, before: await askAllAnew(watcher, statements, role) });
  }
  return { session, watcher, old: await readOldObjects(watcher), clients };
}
