import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { HoldfastError, type ErrorCode } from "../../core/errors.js";

const run = promisify(execFile);

/** One of PostgreSQL's client programs. */
export interface ClientProgram {
  /** Absolute path. */
  readonly command: string;
  /** As it says itself: `18.4`. */
  readonly version: string;
  readonly major: number;
}

/** What cannot be done without the program. */
export interface ClientRefusal {
  readonly code: ErrorCode;
  /** The start of the sentence: `The schema cannot be written: the server is PostgreSQL 18` */
  readonly what: string;
  /** Further ways, one a line. */
  readonly otherwise?: string;
}

/**
 * A client program on PATH that can read what a server, or a program, of that major version wrote: of that version or a later
 * one. The nearest version is taken, since a later one may write what an older server does not know.
 *
 * @param oldest major version: 18
 * @throws HoldfastError of the refusal's code, which names the versions found
 */
export async function findClientProgram(
  name: "pg_dump" | "pg_restore",
  oldest: number,
  refusal: ClientRefusal,
  path = process.env["PATH"] ?? "",
): Promise<ClientProgram> {
  const found: ClientProgram[] = [];
  for (const command of candidates(name, path)) {
    const program = await describe(command);
    if (program !== undefined) found.push(program);
  }
  const [nearest] = found.filter(({ major }) => major >= oldest).toSorted((a, b) => a.major - b.major);
  if (nearest !== undefined) return nearest;
  const versions = found.map(({ command, major }) => `${command} is of version ${major}`);
  const what = versions.length === 0 ? `there is no ${name} on PATH` : versions.join(", ");
  throw new HoldfastError(refusal.code, `${refusal.what}, and ${what}.`, { next: waysOut(oldest, refusal) });
}

function waysOut(oldest: number, { otherwise }: ClientRefusal): string {
  const install =
    `Install the client programs of PostgreSQL ${oldest} or later (Debian: postgresql-client-${oldest}; macOS: brew install libpq),\n` +
    "put their folder on PATH, and run it again.";
  return otherwise === undefined ? install : `${install}\n${otherwise}`;
}

function candidates(name: string, path: string): string[] {
  const commands = path.split(delimiter).flatMap((folder) => (isAbsolute(folder) ? [join(folder, name)] : []));
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
async function describe(command: string): Promise<ClientProgram | undefined> {
  try {
    const { stdout } = await run(command, ["--version"]);
    const [, version, major] = /\(PostgreSQL\) ((\d+)[\w.]*)/.exec(stdout) ?? [];
    return version === undefined ? undefined : { command, version, major: Number(major) };
  } catch {
    return undefined;
  }
}
