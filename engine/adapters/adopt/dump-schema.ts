import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import { ENGINE_SCHEMA, RETIRED_SCHEMA } from "../../core/engine-tables.js";
import { HoldfastError } from "../../core/errors.js";
import type { SchemaDump } from "../../core/ports.js";
import { findPgDump } from "./find-pg-dump.js";

const run = promisify(execFile);

/** No dump of a schema is larger. */
const LARGEST_DUMP = 512 * 1024 ** 2;

/** What a deploy does not own: who owns and may use an object, where its bytes lie, what another server sends. */
const LEFT_OUT = ["owner", "privileges", "tablespaces", "security-labels", "subscriptions"].map(
  (what) => `--no-${what}`,
);

/** The schema by pg_dump. The password goes by the environment, never by the command line, which everybody can list. */
export function pgDump(settings: ConnectionSettings): SchemaDump {
  return async (serverMajor, excludedTables) => {
    const command = await findPgDump(serverMajor);
    const schemas = [ENGINE_SCHEMA, RETIRED_SCHEMA].map((schema) => `--exclude-schema=${schema}`);
    const tables = excludedTables.map((table) => `--exclude-table=${table}`);
    const role = settings.ownerRole === undefined ? [] : [`--role=${settings.ownerRole}`];
    const args = ["--schema-only", "--no-password", ...LEFT_OUT, ...schemas, ...tables, ...role];
    const folder = await mkdtemp(join(tmpdir(), "holdfast-dump-"));
    try {
      const env = { ...process.env, ...(await environmentOf(settings, folder)) };
      return (await run(command, args, { env, maxBuffer: LARGEST_DUMP })).stdout;
    } catch (error) {
      throw failed(command, error);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** What libpq reads (PostgreSQL's manual, "Environment Variables"). */
async function environmentOf(settings: ConnectionSettings, folder: string): Promise<Record<string, string>> {
  const { host, port, database, user, password } = settings;
  const secret = typeof password === "function" ? await password() : password;
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE: database,
    PGUSER: user,
    PGAPPNAME: "holdfast baseline",
    ...(secret !== undefined && { PGPASSWORD: secret }),
    ...(await certificatesOf(settings, folder)),
  };
}

async function certificatesOf({ ssl }: ConnectionSettings, folder: string): Promise<Record<string, string>> {
  if (ssl === undefined || ssl === false) return { PGSSLMODE: "disable" };
  if (ssl === true) return { PGSSLMODE: "verify-full", PGSSLROOTCERT: "system" };
  if (ssl.rejectUnauthorized === false) return { PGSSLMODE: "require" };
  if (ssl.ca === undefined) return { PGSSLMODE: "verify-full", PGSSLROOTCERT: "system" };
  const authorities = join(folder, "authorities.pem");
  await writeFile(authorities, ssl.ca);
  return { PGSSLMODE: "verify-full", PGSSLROOTCERT: authorities };
}

function failed(command: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const said = (error as { readonly stderr?: string }).stderr?.trim() ?? "";
  return new HoldfastError(
    "baseline_refused",
    `The schema cannot be written: ${command} failed.`,
    { hint: said, next: "Read what it says; it must be able to log in, and to read every table." },
    { cause: error },
  );
}
