/** A deploy or an undo as a process of its own, to be killed: `node --import tsx kill-process.ts <JSON of KillJob>`. */
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { killSwitch } from "../../engine/adapters/kill-switch.js";
import { pgHistoryStore } from "../../engine/adapters/pg-history-store.js";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import { undo } from "../../engine/undo.js";
import { deploy, memorySource, recordedBackups, settingsFor, type Folder, type TestRequest } from "./engine.js";
import type { TestDatabase } from "./postgres.js";

export interface KillJob {
  readonly database: Pick<TestDatabase, "name" | "host" | "port" | "user" | "password">;
  readonly folder: Folder;
  readonly request: Pick<TestRequest, "release" | "approvals">;
  /** Undo this version instead of deploying. */
  readonly undo?: string;
}

/** What both the process that dies and the test itself run. */
export async function runJob(job: KillJob, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const database = job.database as TestDatabase;
  const killPoint = killSwitch(env);
  if (job.undo === undefined) return deploy(database, job.folder, { ...job.request, world: { killPoint } });
  const settings = settingsFor(database);
  const world = {
    source: memorySource(job.folder),
    sessions: pgSessions(settings),
    history: pgHistoryStore(),
    loadParser: loadSqlParser,
    backup: recordedBackups(),
    clock: systemClock,
    killPoint,
  };
  return undo({ environment: "dev" }, world, job.undo);
}

if (require.main === module) void runJob(JSON.parse(process.argv[2] ?? "{}") as KillJob, process.env);
