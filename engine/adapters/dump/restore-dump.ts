import type { ConnectionSettings } from "../../core/connection-settings.js";
import type { DumpEntry } from "../../core/dump-entry.js";
import { HoldfastError } from "../../core/errors.js";
import type { RestoredDatabase, RestoreWork } from "../../core/restored-database.js";
import { readEntry } from "../backup/catalogue-folder.js";
import { whileInUse } from "../backup/in-use.js";
import { findLocalInstance } from "../local/instance-file.js";
import { dumpFault } from "./dump-fault.js";
import { findRegisteredAddress } from "./registered-addresses.js";
import { restoreIntoLocal } from "./restore-into-local.js";
import { restoreIntoServer } from "./restore-into-server.js";

export interface RestoreDumpWork extends RestoreWork<DumpEntry> {
  /** The server of the live database; unset: it is gone. */
  readonly server?: ConnectionSettings | undefined;
}

/**
 * A database out of a dump: beside the live one on its server, under the new name; or, where that server is gone or who logs in
 * may not make databases, a new embedded instance of this machine. Its statistics are gathered.
 *
 * @throws HoldfastError restore_failed, backup_damaged, interrupted, invalid_usage (the name is taken), server_not_started
 */
export async function restoreDump(work: RestoreDumpWork): Promise<RestoredDatabase> {
  const { entry, as, name, signal, progress } = work;
  try {
    // What was damaged since it was listed shows before anything is made.
    await readEntry(entry.path);
    await refuseTakenName(work);
    progress({ kind: "restore", state: "started", totalBytes: entry.sizeBytes });
    const place = await whileInUse([entry], async () => (await restoreIntoServer(work)) ?? restoreIntoLocal(work));
    progress({ kind: "restore", state: "done" });
    const { tables, schemaVersion, fingerprint } = entry.manifest;
    return {
      ...{ ...place, name: as, backup: entry.id, reachedAt: entry.takenAt, isEnd: false },
      expected: { tables, schemaVersion, fingerprint },
    };
  } catch (error) {
    if (signal.aborted) throw interrupted(name.instance, as);
    throw dumpFault("restore_failed", `The restore of backup ${entry.id} as "${as}"`, error);
  }
}

async function refuseTakenName({ name: { root, project }, as }: RestoreDumpWork): Promise<void> {
  const name = { root, project, name: as };
  if ((await findLocalInstance(name)) === undefined && (await findRegisteredAddress(name)) === undefined) return;
  throw new HoldfastError("invalid_usage", `There is already a database called "${as}" here.`, {
    next: "A restore goes beside, never over: choose another name with --as.",
  });
}

function interrupted(instance: string, as: string): HoldfastError {
  return new HoldfastError(
    "interrupted",
    `The restore of "${instance}" as "${as}" was interrupted; nothing was kept.`,
    {
      next: "Run again.",
    },
  );
}
