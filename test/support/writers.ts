import { setTimeout as pause } from "node:timers/promises";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { connectLocal } from "./data-root.js";
import { until } from "./until.js";

interface Acknowledged {
  readonly id: number;
  /** When the client heard of it, in milliseconds. */
  readonly at: number;
}

let lastId = 0;

/** Clients that write all the time: one transaction after the other, each a row in `orders` and its twin in `order_twins`. */
export class Writers {
  readonly acknowledged: Acknowledged[] = [];
  private isStopped = false;
  private work: Promise<unknown> = Promise.resolve();
  private fault: Error | undefined;

  static async start(instance: LocalInstance, count: number, pauseMs = 0): Promise<Writers> {
    const writers = new Writers();
    const clients = await Promise.all(Array.from({ length: count }, () => connectLocal(instance)));
    writers.work = Promise.all(
      clients.map(async (client) => {
        while (!writers.isStopped) {
          const id = ++lastId;
          await client.query(
            `WITH made AS (INSERT INTO orders VALUES (${id}, 'x') RETURNING id) INSERT INTO order_twins SELECT id FROM made`,
          );
          writers.acknowledged.push({ id, at: Date.now() });
          if (pauseMs > 0) await pause(pauseMs);
        }
        await client.end();
      }),
    );
    writers.work.catch((error: unknown) => (writers.fault = error as Error));
    return writers;
  }

  /** Waits until `count` more are acknowledged. */
  async haveWritten(count: number): Promise<void> {
    const target = this.acknowledged.length + count;
    await until(`${count} rows written`, () => {
      if (this.fault !== undefined) throw this.fault;
      return this.acknowledged.length >= target;
    });
  }

  /** What a client had heard of by then. */
  acknowledgedBefore(instant: Date): Acknowledged[] {
    return this.acknowledged.filter(({ at }) => at < instant.getTime());
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.work;
  }
}
