import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { HoldfastError } from "../../core/errors.js";

/** Who the server's processes run as. PostgreSQL refuses to run as root (manual, 18.1), so root hands them to another user. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Users that exist for such work, the best fitting first. */
const CANDIDATES = ["postgres", "_postgres", "nobody"];

/** Undefined: run as whoever runs this. @throws HoldfastError server_not_started as root on a machine without such a user */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = CANDIDATES.map(lookUp).find((user) => user !== undefined);
  if (found !== undefined) return found;
  throw new HoldfastError(
    "server_not_started",
    "PostgreSQL does not run as root, and this machine has no user postgres or nobody.",
    { next: "Make one: useradd --system postgres. Or run this as a normal user." },
  );
}

function lookUp(name: string): ServerUser | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  // macOS keeps nobody as -2 here.
  if (uid === undefined || gid === undefined || Number(uid) <= 0) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * The environment of the server and its tools. Nothing is passed on: a server outlives the deploy that started it, and
 * anything in its environment (cloud keys, passphrases, PGOPTIONS) would outlive it too.
 */
export const SERVER_ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" };

/** Options for spawning a server program as `user`. */
export function asServerUser(user: ServerUser | undefined) {
  return {
    env: SERVER_ENVIRONMENT,
    // The caller's folder may be one the other user cannot enter.
    cwd: "/",
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  };
}

export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a server program to its end. @throws the error of execFile, with `stdout` and `stderr` */
export async function runAsServerUser(
  user: ServerUser | undefined,
  program: string,
  args: readonly string[],
): Promise<ProgramResult> {
  return promisify(execFile)(program, [...args], { ...asServerUser(user), maxBuffer: 16 * 1024 * 1024 });
}
