import { describeSchema } from "./describe-schema.js";
import { startCuttingProxy, type Cut, type Direction } from "./cutting-proxy.js";
import { deploy, OWNER_ROLE, type Folder, type TestRequest } from "./engine.js";
import { BASE } from "./crash-folders.js";
import { copyDatabase } from "./copy-database.js";
import { createDatabase, type TestDatabase } from "./postgres.js";

/** Everything a run leaves behind: schema, rows, history, and what must not be there. */
export async function stateOf(database: TestDatabase): Promise<string> {
  const client = await database.client();
  try {
    const one = async (sql: string): Promise<string> =>
      JSON.stringify((await client.query<Record<string, unknown>>(sql)).rows);
    const hasNotes = await one("SELECT to_regclass('public.notes') IS NOT NULL AS is");
    return [
      await describeSchema(client),
      await one("SELECT * FROM probes ORDER BY id"),
      hasNotes.includes("true") ? await one("SELECT * FROM notes ORDER BY id") : "no notes",
      await one("SELECT version, state, checksum, phase FROM schema_migrations ORDER BY version"),
      await one("SELECT indexrelid::regclass AS invalid FROM pg_index WHERE NOT indisvalid"),
    ].join("\n");
  } finally {
    await client.end();
  }
}

/** A run of `folder` whose failure is not the point. */
async function tolerate(database: TestDatabase, folder: Folder, request: TestRequest = {}): Promise<unknown> {
  return deploy(database, folder, request).catch((error: unknown) => error);
}

export interface CrashBench {
  /** What an undisturbed run ends in. */
  readonly expected: string;
  /** Messages of an undisturbed run, by direction: every place it can be cut. */
  readonly messages: Readonly<Record<Direction, number>>;
  /** Cuts one run, runs once more, and gives the state that this ends in. */
  cutAndConverge(cut: Cut): Promise<string>;
  drop(): Promise<void>;
}

/** A database with the base applied that every disturbed run starts from as a copy. */
export async function prepareCrashes(folder: Folder): Promise<CrashBench> {
  const template = await createDatabase({ ownerRole: OWNER_ROLE });
  await deploy(template, BASE);
  const throughProxy = async (database: TestDatabase, cut?: Cut): Promise<Readonly<Record<Direction, number>>> => {
    const proxy = await startCuttingProxy(database, cut);
    try {
      await tolerate(database, folder, {
        connection: { port: proxy.port },
        policy: { reconnectMs: cut?.heals === true ? 5000 : 0 },
      });
      if (cut !== undefined && !proxy.hasCut())
        throw new Error(`the run ended before message ${cut.after} ${cut.direction}`);
      return proxy.seen;
    } finally {
      await proxy.stop();
    }
  };

  const undisturbed = await copyDatabase(template);
  const messages = await throughProxy(undisturbed);
  const expected = await stateOf(undisturbed);
  await undisturbed.drop();
  return {
    expected,
    messages,
    cutAndConverge: async (cut) => {
      const database = await copyDatabase(template);
      try {
        await throughProxy(database, cut);
        if (cut.heals !== true) await tolerate(database, folder);
        return await stateOf(database);
      } finally {
        await database.drop();
      }
    },
    drop: () => template.drop(),
  };
}
