import { readFile, rename, stat } from "node:fs/promises";

/** A log larger than this is set aside (one generation) when the server starts. */
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/** Why a server ended, as its log says it. */
export const LAST_WORDS = /(?:FATAL|PANIC): +(.*)/g;

export async function setLogAside(logFile: string): Promise<void> {
  const { size } = await stat(logFile).catch(() => ({ size: 0 }));
  if (size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.1`);
}

/** The last 4,000 letters; empty where there is no log. */
export async function readLogEnd(logFile: string): Promise<string> {
  return (await readFile(logFile, "utf8").catch(() => "")).slice(-4000);
}

/** The first group of the last match. */
export function lastMatch(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1];
}
