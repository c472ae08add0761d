import { isBase } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import type { RestoredDatabase, RestoreWork } from "../../core/restored-database.js";
import { settingsOf } from "../local/connection.js";
import { restoreBackup } from "./restore-backup.js";

/** A backup of an embedded database, restored as a further instance of this data root. @throws HoldfastError as restoreBackup */
export async function restoreLocally({ name, entry, as, progress }: RestoreWork): Promise<RestoredDatabase> {
  if (entry === undefined || !isBase(entry)) throw notYet(name.instance);
  const { instance } = await restoreBackup({ root: name.root, entry, as, progress });
  const { tables, schemaVersion, fingerprint } = entry.manifest;
  return {
    ...{ name: as, backup: entry.id, connection: settingsOf(instance, "public"), resourceId: instance.resourceId },
    ...{ reachedAt: entry.takenAt, isEnd: false, expected: { tables, schemaVersion, fingerprint } },
  };
}

function notYet(instance: string): HoldfastError {
  return new HoldfastError("invalid_usage", `"${instance}" can be restored to the instants of its base backups only.`, {
    next: `See which there are: holdfast backups ${instance}`,
  });
}
