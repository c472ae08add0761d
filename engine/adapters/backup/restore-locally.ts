import { isLocal, newestFirst, type LocalEntry } from "../../core/catalogue.js";
import { chooseBase, type RecoveryGoal } from "../../core/choose-base.js";
import { HoldfastError } from "../../core/errors.js";
import type { RestoredDatabase, RestoreWork } from "../../core/restored-database.js";
import { settingsOf } from "../local/connection.js";
import { findLocalInstance, type LocalInstance } from "../local/instance-file.js";
import { catalogueFolder, listCatalogue } from "./catalogue-folder.js";
import { entriesOfCluster } from "./find-cluster.js";
import { findMigrationStart } from "./find-migration-start.js";
import { planEntry, planGoal } from "./plan-restore.js";
import { buildRestored, type Built } from "./build-restored.js";

/**
 * An embedded database at the wanted instant, as a further instance of this data root.
 *
 * @throws HoldfastError restore_failed, backup_damaged, interrupted, invalid_usage (the name is taken)
 */
export async function restoreLocally(work: RestoreWork): Promise<RestoredDatabase> {
  const { entry, target } = work;
  switch (target.kind) {
    case "backup":
      if (entry === undefined || !isLocal(entry)) throw new Error("a backup of another kind");
      return restoreEntry(work, entry);
    case "before":
      return restoreBefore(work, target.version);
    case "latest":
    case "instant": {
      const start = await findStart(work, target);
      const built = await buildGoal(work, start, target);
      const { isEnd, lastCommitAt } = built.recovered;
      const reachedAt = isEnd || target.kind === "latest" ? (lastCommitAt ?? start.takenAt) : target.at;
      return { ...describe(work, start, built), reachedAt };
    }
  }
}

async function restoreEntry(work: RestoreWork, entry: LocalEntry): Promise<RestoredDatabase> {
  const plan = await planEntry(work.name.root, entry, work);
  const built = await buildRestored({ ...work, root: work.name.root, plan, from: entry });
  const { tables, schemaVersion, fingerprint } = entry.manifest;
  return {
    ...describe(work, entry, built),
    reachedAt: entry.takenAt,
    expected: { tables, schemaVersion, fingerprint },
  };
}

/** To the place in the log where the migration began; where that is not known, to the backup before its batch. */
async function restoreBefore(work: RestoreWork, version: string): Promise<RestoredDatabase> {
  const { name, entry, schema, progress } = work;
  const live = await findLocalInstance({ ...name, name: name.instance });
  const begun = live === undefined ? undefined : await findMigrationStart(live, schema, version);
  const goal: RecoveryGoal | undefined = begun && { kind: "lsn", lsn: begun.lsn };
  const entries = live === undefined ? [] : await entriesOfCluster({ ...name, resourceId: live.resourceId });
  const start = goal && chooseBase(entries, goal);
  if (begun !== undefined && goal !== undefined && start !== undefined) {
    return { ...describe(work, start, await buildGoal(work, start, goal)), reachedAt: begun.at };
  }
  if (entry === undefined || !isLocal(entry)) throw notBegun(name.instance, version);
  const batch = entry.manifest.pendingVersions.join(", ");
  progress({
    kind: "note",
    message: `Where in the log ${version} began is not known, so the way leads to the backup before its batch (${batch}).`,
  });
  return restoreEntry(work, entry);
}

async function buildGoal(work: RestoreWork, start: LocalEntry, goal: RecoveryGoal): Promise<Built> {
  const { root, project } = work.name;
  const plan = await planGoal({ root, project, resourceId: start.manifest.resourceId }, goal, work);
  return buildRestored({ ...work, root, plan, from: start });
}

function describe({ as, schema = "public" }: RestoreWork, from: LocalEntry, { instance, recovered }: Built) {
  const { resourceId } = instance;
  const connection = settingsOf(instance, schema);
  return { name: as, backup: from.id, connection, resourceId, isEnd: recovered.isEnd, reachedAt: null, expected: null };
}

/**
 * The base backup from which the log leads to the goal. The one that bore the name at that instant counts: the present
 * database since it bears it, before that whichever has a backup under it.
 */
async function findStart({ name }: RestoreWork, goal: RecoveryGoal): Promise<LocalEntry> {
  const live = await findLocalInstance({ ...name, name: name.instance });
  const own = live === undefined ? [] : await entriesOfCluster({ ...name, resourceId: live.resourceId });
  const listed = (await listCatalogue(catalogueFolder(name))).entries.filter(isLocal);
  const others = newestFirst(listed.filter(({ manifest }) => manifest.resourceId !== live?.resourceId));
  const candidates = isSince(live, goal) ? own : others;
  const found = chooseBase(candidates, goal);
  if (found !== undefined) return found;
  throw tooEarly(name.instance, isSince(live, goal) ? own : [...own, ...others], goal);
}

/** Whether the present database bore the name by then. */
function isSince(live: LocalInstance | undefined, goal: RecoveryGoal): boolean {
  if (live === undefined) return false;
  return goal.kind !== "instant" || goal.at.getTime() >= Date.parse(live.since);
}

function tooEarly(instance: string, entries: readonly LocalEntry[], goal: RecoveryGoal): HoldfastError {
  const oldest = newestFirst(entries.filter(({ kind }) => kind === "base")).at(-1);
  const wanted = goal.kind === "instant" ? goal.at.toISOString() : "its end";
  if (oldest === undefined) {
    return new HoldfastError("restore_failed", `No base backup of "${instance}" leads to ${wanted}: there is none.`, {
      next: `See what there is: holdfast backups ${instance}. Take one: holdfast backup ${instance}.`,
    });
  }
  const earliest = oldest.takenAt.toISOString();
  return new HoldfastError(
    "restore_failed",
    `No base backup of "${instance}" leads to ${wanted}: the earliest instant that can be reached is ${earliest}.`,
    { next: `Restore to that: holdfast restore ${instance} --backup ${oldest.id} --as <new name>` },
  );
}

function notBegun(instance: string, version: string): HoldfastError {
  return new HoldfastError("restore_failed", `No backup of "${instance}" was taken before ${version}.`, {
    next: `See what there is: holdfast backups ${instance}. Any instant: holdfast restore ${instance} --to <timestamp> --as <new name>`,
  });
}
