import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import { ENGINE_SCHEMA, RETIRED_SCHEMA } from "../../core/engine-tables.js";
import { HoldfastError } from "../../core/errors.js";
import type { SchemaDump } from "../../core/ports.js";
import { withClientLogin } from "../dump/client-login.js";
import { findClientProgram } from "../dump/find-client-program.js";

const run = promisify(execFile);

/** No dump of a schema is larger. */
const LARGEST_DUMP = 512 * 1024 ** 2;

/** What a deploy does not own: who owns and may use an object, where its bytes lie, what another server sends. */
const LEFT_OUT = ["owner", "privileges", "tablespaces", "security-labels", "subscriptions"].map(
  (what) => `--no-${what}`,
);

/** The schema by pg_dump, which logs in as the engine does. */
export function pgDump(settings: ConnectionSettings): SchemaDump {
  return async (serverMajor, excludedTables) => {
    const what = `The schema cannot be written: the server is PostgreSQL ${serverMajor}`;
    const { command } = await findClientProgram("pg_dump", serverMajor, { code: "baseline_refused", what });
    const schemas = [ENGINE_SCHEMA, RETIRED_SCHEMA].map((schema) => `--exclude-schema=${schema}`);
    const tables = excludedTables.map((table) => `--exclude-table=${table}`);
    const role = settings.ownerRole === undefined ? [] : [`--role=${settings.ownerRole}`];
    const args = ["--schema-only", "--no-password", ...LEFT_OUT, ...schemas, ...tables, ...role];
    try {
      return await withClientLogin(settings, "baseline", async (env) => {
        const { stdout } = await run(command, args, { env, maxBuffer: LARGEST_DUMP });
        return stdout;
      });
    } catch (error) {
      throw failed(command, error);
    }
  };
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
