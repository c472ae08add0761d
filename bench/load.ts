import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { percentile } from "./measure.js";

export interface LoadFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly transactions: number;
  readonly errors: number;
}

/** Clients that each send one small update at a fixed pace; latency counts from the scheduled start, so a stall is not hidden. */
export interface Load {
  stop(): Promise<LoadFigures>;
}

export function startLoad(clients: readonly Client[], sql: string, rows: number, perSecond: number): Load {
  const latencies: number[] = [];
  let errors = 0;
  let isRunning = true;
  const gapMs = 1000 / perSecond;
  const work = clients.map(async (client, index) => {
    let scheduled = performance.now() + (gapMs * index) / clients.length;
    while (isRunning) {
      const wait = scheduled - performance.now();
      if (wait > 0) await sleep(wait);
      try {
        await client.query(sql, [1 + Math.floor(Math.random() * rows)]);
      } catch {
        errors++;
      }
      latencies.push(performance.now() - scheduled);
      scheduled += gapMs;
    }
  });
  return {
    stop: async () => {
      isRunning = false;
      await Promise.all(work);
      return {
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        max: Math.max(...latencies),
        transactions: latencies.length,
        errors,
      };
    },
  };
}

/** Runs `work` with `count` clients at `perSecond` updates each beside it. */
export async function withLoad<T>(
  open: () => Promise<Client>,
  load: { readonly count: number; readonly perSecond: number; readonly sql: string; readonly rows: number },
  work: () => Promise<T>,
): Promise<{ figures: LoadFigures; result: T }> {
  const clients = await Promise.all(Array.from({ length: load.count }, open));
  const running = startLoad(clients, load.sql, load.rows, load.perSecond);
  try {
    const result = await work();
    return { figures: await running.stop(), result };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
