import type { SqlParser } from "../../../engine/core/ports.js";
import type { Labels } from "../corpus/labels.js";
import { probeRow } from "./probe-row.js";
import { rowKey, type CorpusRow, type Label } from "./probed-row.js";
import { startShopServer } from "./shop-server.js";

const WORKERS = 4;

/** Asks a server of its own about every row, several at a time. @throws what a row's own preparation throws, with its name */
export async function probeAll(parser: SqlParser, rows: readonly CorpusRow[]): Promise<Labels> {
  const server = await startShopServer();
  const waiting = [...rows];
  const labels = new Map<string, Label>();
  const work = async (): Promise<void> => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const key = rowKey(row);
      try {
        labels.set(key, await probeRow(server, parser, row));
      } catch (error) {
        throw new Error(`The row «${key}» cannot be probed: ${(error as Error).message}`, { cause: error });
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: WORKERS }, work));
  } finally {
    await server.stop();
  }
  return Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}
