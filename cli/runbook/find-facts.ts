import { dirname } from "node:path";
import {
  asHoldfastError,
  catalogueFolder,
  dataRoot,
  isLocalInstanceRunning,
  listLocalInstances,
  parseMigrationName,
  pgHistoryStore,
  pgSessions,
  readStatus,
  type CatalogueEntry,
} from "../../engine/index.js";
import { findBackups, type InstanceBackups } from "../catalogues.js";
import { sourceOf } from "../deployment.js";
import { findIncidents } from "../incident-files.js";
import { findTarget, type Target } from "../instances.js";
import type { Values } from "./placeholders.js";
import type { Kind } from "./read-page.js";
import { readWrittenFacts } from "./written-facts.js";

type BackupKind = CatalogueEntry["manifest"]["kind"];

/** What this machine knows of an instance, also when its database, or all of it, is gone. */
export interface Facts {
  /** Undefined: nothing here says what it is. */
  readonly kind: Kind | undefined;
  readonly values: Values;
  /** What could not be asked, and why: a sentence each. */
  readonly notes: readonly string[];
}

/** Gathers what a runbook's placeholders stand for. It starts no server, and nothing that cannot be asked stops it. */
export async function findFacts(instance: string): Promise<Facts> {
  const notes: string[] = [];
  const told = <T>(work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      const known = asHoldfastError(error);
      if (known === undefined) throw error;
      notes.push(known.message);
      return undefined;
    });
  const target = await told(findTarget(instance, {}));
  const written = readWrittenFacts(instance);
  const backups = await told(findBackups(instance));
  const incident = (await told(findIncidents(instance)))?.[0]?.incidents[0];
  const failed = incident === undefined ? undefined : versionOf(incident.incident.file);
  const asked = target === undefined ? undefined : await told(askDatabase(target, notes, failed));
  return {
    kind: kindOf(target, backups) ?? written.kind,
    notes,
    values: {
      ...{ instance, "data-root": dataRoot(), as: await freeName(instance) },
      ...written.values,
      ...backupValues(backups),
      ...targetValues(target),
      ...(incident !== undefined && { incident: incident.path }),
      ...asked,
    },
  };
}

function kindOf(target: Target | undefined, backups: InstanceBackups | undefined): Kind | undefined {
  if (target?.local !== undefined) return "embedded";
  if (target !== undefined) return target.aws === undefined ? "elsewhere" : "AWS";
  const newest = backups?.entries[0]?.manifest;
  return newest === undefined ? undefined : KIND_OF_BACKUP[newest.kind];
}

const KIND_OF_BACKUP: Readonly<Record<BackupKind, Kind>> = {
  base: "embedded",
  point: "embedded",
  snapshot: "AWS",
  dump: "elsewhere",
};

function targetValues(target: Target | undefined): Values {
  const { local, aws, name = "" } = target ?? {};
  const { region, identifier } = aws ?? {};
  return {
    ...(local !== undefined && {
      ...{ data: local.dataDirectory, "project-folder": dirname(local.directory), identifier: local.resourceId },
      "backups-folder": catalogueFolder({ ...local, instance: local.name }),
    }),
    ...(aws !== undefined && { stack: name }),
    ...(region !== undefined && { region }),
    ...(identifier !== undefined && { identifier }),
  };
}

/** Newest first; those that are known to be damaged are no entries. */
function backupValues(backups: InstanceBackups | undefined): Values {
  const entries = backups?.entries ?? [];
  const newest = entries[0]?.manifest;
  const before = entries.find(({ manifest }) => manifest.pendingVersions.length > 0);
  const version = newest?.schemaVersion ?? undefined;
  return {
    ...(backups !== undefined && { "backups-folder": catalogueFolder(backups.name) }),
    ...(newest !== undefined && { backup: newest.id }),
    ...(before !== undefined && { "backup-before": before.id }),
    ...(version !== undefined && { version }),
    ...(newest?.kind === "snapshot" && { region: newest.snapshot.region, identifier: newest.snapshot.source }),
  };
}

function versionOf(file: string | null): string | undefined {
  return file === null ? undefined : parseMigrationName(file).version;
}

/**
 * What the database itself says. A stopped server stays stopped: it may be stopped for a reason.
 *
 * @param failed of the newest incident; it counts as long as that migration has not run
 */
async function askDatabase(target: Target, notes: string[], failed: string | undefined): Promise<Values> {
  if (target.local !== undefined && !(await isLocalInstanceRunning(target.local))) {
    notes.push(`${target.name} is stopped, and was not asked: holdfast local start ${target.name}`);
    return {};
  }
  const session = await pgSessions(target.connection).open("read-only");
  try {
    const history = pgHistoryStore(target.connection.schema);
    const { schemaVersion, retired } = await readStatus(session, { source: sourceOf(target, {}), history });
    const { history: rows, releases } = await history.load(session);
    const [release, previous] = releases.map(({ version }) => version);
    const half = rows.find(({ state }) => state === "started" || state === "unverified")?.version;
    const hasRun = rows.some(({ version: one, state }) => one === failed && state !== "rolled back");
    const version = half ?? (hasRun ? undefined : failed) ?? schemaVersion;
    const contract = retired.at(-1)?.version;
    return {
      ...(version !== null && { version }),
      ...(release !== undefined && { release }),
      ...(previous !== undefined && { "previous-release": previous }),
      ...(contract !== undefined && { contract }),
    };
  } finally {
    await session.close();
  }
}

/** A name for what is restored: `dev-restored`, then `dev-restored-2`. */
async function freeName(instance: string): Promise<string> {
  const plain = instance.split("/").at(-1) ?? instance;
  const taken = new Set((await listLocalInstances()).map(({ name }) => name));
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? `${plain}-restored` : `${plain}-restored-${n}`;
    if (!taken.has(name)) return name;
  }
}
