import { dirname } from "node:path";
import { findClientProgram } from "../../engine/adapters/dump/find-client-program.js";
import { clientPrograms } from "../../test/support/other-postgres.js";

/** Of the embedded server, which is measured. */
const MAJOR = 18;

/** A folder with a pg_dump that fits the server: the machine's own, else the one the tests use; or why there is none. */
export async function pgDumpFolder(): Promise<{ readonly folder?: string; readonly why?: string }> {
  const refusal = { code: "backup_failed", what: "No dump can be measured" } as const;
  try {
    return { folder: dirname((await findClientProgram("pg_dump", MAJOR, refusal)).command) };
  } catch {
    return clientPrograms(MAJOR).then(
      (folder) => ({ folder }),
      (error: unknown) => ({ why: String(error) }),
    );
  }
}
