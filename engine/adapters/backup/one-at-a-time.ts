import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive } from "../local/postmaster.js";

const LOOK_EVERY_MS = 10;
/** Longer than a small file takes to be written. */
const GIVEN_UP_MS = 60_000;

/** Lets one process, and one task of it, do a short piece of work on a file. One that died over it is not waited for. */
export async function oneAtATime<T>(lock: string, work: () => Promise<T>): Promise<T> {
  while (!(await tryTake(lock))) {
    if (await isGivenUp(lock)) await rm(lock, { force: true });
    else await pause(LOOK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function tryTake(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Process ids come again, so its age counts, too. */
async function isGivenUp(lock: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(lock, "utf8"));
    const age = Date.now() - (await stat(lock)).mtimeMs;
    // Just made, its text may not be there yet.
    return age > GIVEN_UP_MS || (pid > 0 && !isAlive(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
