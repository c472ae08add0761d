import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import type { DumpEntry } from "../../core/dump-entry.js";
import type { ErrorCode } from "../../core/errors.js";
import type { Session } from "../../core/ports.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";
import { withClientLogin } from "./client-login.js";
import { verifyFiles } from "./dump-files.js";
import { findClientProgram } from "./find-client-program.js";
import { runClient } from "./run-client.js";

const MOST_JOBS = 4;

export interface LoadRequest {
  readonly entry: DumpEntry;
  /** An empty database, which nobody uses yet, and whose login may make every object of the dump. */
  readonly into: ConnectionSettings;
  /** False: everything belongs to who logs in. */
  readonly withOwners: boolean;
  /** Who makes the objects. Default: who logs in. */
  readonly role?: string;
  /** What cannot be done without a fitting pg_restore. */
  readonly refusal: { readonly code: ErrorCode; readonly what: string };
  readonly signal: AbortSignal;
}

/**
 * Fills an empty database from a dump, after every byte of it was read and compared.
 *
 * @throws HoldfastError of the refusal's code, backup_damaged; ClientFailed
 */
export async function loadDump(request: LoadRequest): Promise<void> {
  const { entry, into, withOwners, role, refusal, signal } = request;
  const { dump } = entry.manifest;
  const directory = join(entry.path, dump.directory);
  const program = await findClientProgram("pg_restore", Number.parseInt(dump.programVersion, 10), {
    ...refusal,
    what: `${refusal.what}: the dump was written by pg_dump ${dump.programVersion}`,
  });
  await verifyFiles(directory, dump.files, signal);
  const jobs = Math.max(1, Math.min(MOST_JOBS, availableParallelism()));
  const args = [
    ...["--format=directory", `--jobs=${jobs}`, "--exit-on-error", "--no-password", "--no-tablespaces"],
    ...(withOwners ? [] : ["--no-owner"]),
    ...(role === undefined ? [] : [`--role=${role}`]),
    ...[`--dbname=${into.database}`, directory],
  ];
  await withClientLogin(into, "restore", (env) => runClient(program, args, { env, signal }));
}

/** Makes the roles of the dump that a server lacks; none of them can log in. */
export async function makeMissingRoles(session: Session, roles: readonly string[]): Promise<void> {
  const known = new Set((await session.query("SELECT rolname FROM pg_roles")).map(({ rolname }) => rolname));
  for (const role of roles.filter((name) => !known.has(name))) {
    await session.execute(`CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`);
  }
}
