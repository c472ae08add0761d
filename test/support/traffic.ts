import { setImmediate as nextTurn } from "node:timers/promises";
import type { TestDatabase } from "./postgres.js";

export interface Traffic {
  /** Waits until so many more statements have been answered. */
  hasDone(count: number): Promise<void>;
  stop(): Promise<{ readonly slowestMs: number; readonly statements: number; readonly errors: readonly Error[] }>;
}

/** Clients that send one statement after the other, each with a key from 1 to `keys`, until they are stopped. */
export async function startClients(database: TestDatabase, count: number, sql: string, keys: number): Promise<Traffic> {
  const clients = await Promise.all(Array.from({ length: count }, () => database.client()));
  const errors: Error[] = [];
  let [slowestMs, statements, isRunning] = [0, 0, true];
  const work = clients.map(async (client, index) => {
    for (let turn = index; isRunning; turn += count) {
      const started = performance.now();
      await client.query(sql, [1 + ((turn * 7919) % keys)]).catch((error: unknown) => errors.push(error as Error));
      slowestMs = Math.max(slowestMs, performance.now() - started);
      statements++;
    }
    await client.end();
  });
  return {
    hasDone: async (more) => {
      const target = statements + more;
      while (statements < target) await nextTurn();
    },
    stop: async () => {
      isRunning = false;
      await Promise.all(work);
      return { slowestMs, statements, errors };
    },
  };
}
