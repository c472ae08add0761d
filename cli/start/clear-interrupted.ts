import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { HoldfastError } from "../../engine/index.js";
import { isPulumiProcess } from "../../toolchain/process-identity.js";
import type { Terminal } from "../terminal.js";
import type { PreparedHome } from "./prepare-home.js";

/** How long another run on the same stack is waited for, and how often it is looked at, in milliseconds. */
const WAIT_MS = 10 * 60_000;
const POLL_MS = 500;

/**
 * Clears what a killed run left in the stack's own backend: its lock, and its note of operations whose end it did not see.
 * Everything the program does can be done again, so the operations need no check by a person. A run that still works is
 * waited for. @throws HoldfastError lock_not_acquired
 */
export async function clearInterrupted(stack: Stack, home: PreparedHome, terminal: Terminal): Promise<void> {
  await clearLocks(join(home.stateDirectory, ".pulumi", "locks", "organization", home.project, stack.name), terminal);
  const state = join(home.stateDirectory, ".pulumi", "stacks", home.project, `${stack.name}.json`);
  if (!hasPendingOperations(state)) return;
  terminal.note("the last run was interrupted; what it left open is done again");
  const exported = await stack.exportStack();
  const deployment = { ...(exported.deployment as object), pending_operations: [] };
  await stack.importStack({ ...exported, deployment });
}

interface LockFile {
  readonly pid: number;
  readonly hostname: string;
}

async function clearLocks(folder: string, terminal: Terminal): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  let waitsFor: number | undefined;
  for (;;) {
    const holders = locksIn(folder).filter((lock) => !clearDeadLock(lock));
    const [holder] = holders;
    if (holder === undefined) return;
    if (holder.hostname !== hostname() || Date.now() > deadline) throw lockedBy(holder);
    if (waitsFor !== holder.pid)
      terminal.note(`another run (process ${holder.pid}) works on this stack; waiting for it`);
    waitsFor = holder.pid;
    await sleep(POLL_MS);
  }
}

function locksIn(folder: string): (LockFile & { readonly path: string })[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const path = join(folder, name);
      const lock = readLock(path);
      return lock === undefined ? [] : [{ ...lock, path }];
    });
}

/** undefined: it was taken away meanwhile. */
function readLock(path: string): LockFile | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as LockFile;
  } catch (error) {
    // Killed while it wrote the lock: it never got to work.
    if (error instanceof SyntaxError) return { pid: 0, hostname: hostname() };
    return undefined;
  }
}

function clearDeadLock({ pid, hostname: host, path }: LockFile & { readonly path: string }): boolean {
  if (host !== hostname() || isPulumiProcess(pid)) return false;
  rmSync(path, { force: true });
  rmSync(`${path}.attrs`, { force: true });
  return true;
}

function lockedBy({ pid, hostname: host }: LockFile): HoldfastError {
  return new HoldfastError("lock_not_acquired", `The stack is locked by process ${pid} on ${host}.`, {
    next: "Wait for that run to end. Where it is certain that it has: npm start -- cancel --yes",
  });
}

function hasPendingOperations(state: string): boolean {
  if (!existsSync(state)) return false;
  const { checkpoint } = JSON.parse(readFileSync(state, "utf8")) as {
    checkpoint?: { latest?: { pending_operations?: readonly unknown[] } };
  };
  return (checkpoint?.latest?.pending_operations ?? []).length > 0;
}
