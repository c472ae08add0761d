import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { HoldfastError } from "../../core/errors.js";

const run = promisify(execFile);

/**
 * A pg_dump on PATH that can read a server: of its major version or a later one.
 * @param serverMajor 18
 * @throws HoldfastError baseline_refused that names the versions found
 */
export async function findPgDump(serverMajor: number, path = process.env["PATH"] ?? ""): Promise<string> {
  const found: string[] = [];
  for (const command of candidates(path)) {
    const major = await majorOf(command);
    if (major !== undefined && major >= serverMajor) return command;
    if (major !== undefined) found.push(`${command} is of version ${major}`);
  }
  const what = found.length === 0 ? "there is no pg_dump on PATH" : found.join(", ");
  const message = `The schema cannot be written: the server is PostgreSQL ${serverMajor}, and ${what}.`;
  throw new HoldfastError("baseline_refused", message, {
    next:
      `Install the client programs of PostgreSQL ${serverMajor} or later (Debian: postgresql-client-${serverMajor}; macOS: brew install libpq),\n` +
      "put their folder on PATH, and run it again.",
  });
}

function candidates(path: string): string[] {
  const commands = path.split(delimiter).flatMap((folder) => (isAbsolute(folder) ? [join(folder, "pg_dump")] : []));
  return commands.filter(isExecutable);
}

function isExecutable(command: string): boolean {
  try {
    accessSync(command, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `pg_dump (PostgreSQL) 18.4 (Debian …)`; undefined for what does not run, or says something else. */
async function majorOf(command: string): Promise<number | undefined> {
  try {
    const { stdout } = await run(command, ["--version"]);
    const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined;
  }
}
