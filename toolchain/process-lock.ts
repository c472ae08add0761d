import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, processIdentity } from "./process-identity.js";

/** How often a waiting run looks whether the other one is done, in milliseconds. */
const POLL_MS = 250;

interface Holder {
  readonly pid: number;
  /** Tells it from a later process with the same id, for example after a reboot. */
  readonly identity: string;
}

function takeLock(path: string): boolean {
  const holder: Holder = { pid: process.pid, identity: processIdentity(process.pid) };
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** undefined: the lock is gone meanwhile, or just being written. */
function holderOf(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function isGone({ pid, identity }: Holder): boolean {
  return !isAlive(pid) || processIdentity(pid) !== identity;
}

/**
 * Runs `work` while no other process on this machine holds the lock file. A lock whose holder is gone is taken over.
 *
 * Two runs that take over the same dead lock at the same instant may both work: what stands behind it (a rename, Pulumi's
 * own lock) must bear that.
 */
export async function withProcessLock<T>(
  path: string,
  onWait: (holder: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  let waitsFor: number | undefined;
  let unreadable = 0;
  while (!takeLock(path)) {
    const holder = holderOf(path);
    // A lock that stays unreadable was cut off in the writing.
    unreadable = holder === undefined ? unreadable + 1 : 0;
    if (holder === undefined ? unreadable > 4 : isGone(holder)) {
      rmSync(path, { force: true });
      continue;
    }
    if (holder !== undefined && holder.pid !== waitsFor) onWait((waitsFor = holder.pid));
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
