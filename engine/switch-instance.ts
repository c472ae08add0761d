import { withBackupSession } from "./adapters/backup/backup-session.js";
import { catalogueFolder, listCatalogue } from "./adapters/backup/catalogue-folder.js";
import { entriesOfCluster } from "./adapters/backup/find-cluster.js";
import { markEnvironmentEverywhere } from "./adapters/backup/mark-environment.js";
import { moveBackups } from "./adapters/backup/move-backups.js";
import { settingsOf } from "./adapters/local/connection.js";
import { carryOutSwitch } from "./adapters/local/finish-switch.js";
import {
  findLocalInstance,
  listLocalInstances,
  readInstanceRecord,
  type LocalInstance,
} from "./adapters/local/instance-file.js";
import { isLocalInstanceRunning, startLocalInstance, stopLocalInstance } from "./adapters/local/instances.js";
import { loadSqlParser } from "./adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { pgSessions } from "./adapters/pg-session.js";
import { checkDatabase } from "./check.js";
import { DEPLOY_LOCK_KEY } from "./core/deploy-lock.js";
import { HoldfastError } from "./core/errors.js";
import type { Finding } from "./core/findings.js";
import { isRelated } from "./core/lineage.js";
import type { MigrationSource } from "./core/ports.js";

export interface SwitchRequest {
  readonly root: string;
  readonly project: string;
  /** The name that is taken over. */
  readonly instance: string;
  /** The name of the database that takes it. */
  readonly to: string;
  /** The files it is checked against. */
  readonly source: MigrationSource;
  /** Where the engine's tables live. Default `public`. */
  readonly schema?: string | undefined;
  /** Also where the check finds faults. */
  readonly despiteFaults: boolean;
  readonly now: Date;
}

export interface SwitchReport {
  readonly instance: string;
  /** What it was called before. */
  readonly was: string;
  readonly resourceId: string;
  /** What the one is called now that had the name; null: it was gone. */
  readonly old: { readonly name: string; readonly resourceId: string; readonly directory: string } | null;
  readonly host: string;
  readonly port: number;
  /** Whether there is a backup of it; one that was just restored has none of its own. */
  readonly isBackedUp: boolean;
}

/**
 * An embedded database takes the place of another one: its name, its port and the passwords of its roles. The other one stays,
 * stopped, under a name of its own, with its archive and its backups.
 *
 * @throws HoldfastError switch_refused, unknown_instance, server_not_started
 */
export async function switchInstance(request: SwitchRequest): Promise<SwitchReport> {
  const { root, project, instance: name, to } = request;
  const present = await findLocalInstance({ root, project, name });
  const next = await findLocalInstance({ root, project, name: to });
  if (next === undefined || name === to) throw unknown(request);
  await refuseStranger(request, present, next);
  await startLocalInstance(next);
  await refuseFaulty(request, next);
  await whileNobodyDeploys(next, () => whileNobodyDeploys(present, () => exchange(request, present, next)));
  const taken = await findLocalInstance({ root, project, name });
  if (taken === undefined) throw unknown(request);
  await moveBackups({ root, project, resourceId: next.resourceId }, { from: to, to: name });
  await startLocalInstance(taken);
  const old = (await listLocalInstances({ root, project })).find(
    ({ resourceId }) => resourceId === present?.resourceId,
  );
  return {
    ...{ instance: name, was: to, resourceId: taken.resourceId, host: taken.host, port: taken.port },
    isBackedUp: (await entriesOfCluster({ root, project, resourceId: taken.resourceId })).length > 0,
    old: old === undefined ? null : { name: old.name, resourceId: old.resourceId, directory: old.directory },
  };
}

async function exchange(
  { root, project, instance, to, now }: SwitchRequest,
  present: LocalInstance | undefined,
  next: LocalInstance,
): Promise<void> {
  const environment = await environmentOf(present, next, instance);
  await withBackupSession(next, (session) => session.query(markEnvironmentEverywhere(environment)));
  const records = {
    present: present === undefined ? null : await readInstanceRecord(present.directory),
    next: await readInstanceRecord(next.directory),
  };
  for (const each of [present, next])
    if (each !== undefined && (await isLocalInstanceRunning(each))) await stopLocalInstance(each);
  const taken = new Set((await listLocalInstances({ root, project })).map(({ name }) => name));
  await carryOutSwitch(
    { root, project },
    { instance, to, old: nameOfOld(instance, now, taken), at: now.toISOString(), records },
  );
}

/** `dev-until-20261121T2310`, with `-2` and so on where that is taken. */
function nameOfOld(instance: string, now: Date, taken: ReadonlySet<string>): string {
  const name = `${instance}-until-${now.toISOString().replace(/[-:]/g, "").slice(0, 13)}`;
  for (let attempt = 1; ; attempt += 1) {
    const candidate = attempt === 1 ? name : `${name}-${attempt}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** What its marker said before the restore rewrote it: that of the backup it comes from. */
async function environmentOf(
  present: LocalInstance | undefined,
  next: LocalInstance,
  instance: string,
): Promise<string> {
  if (present !== undefined && (await isLocalInstanceRunning(present))) {
    const session = await pgSessions(settingsOf(present, "public")).open("read-only");
    try {
      const { environment } = await pgHistoryStore().load(session);
      if (environment !== null) return environment;
    } finally {
      await session.close();
    }
  }
  const { entries } = await listCatalogue(catalogueFolder({ ...next, instance }));
  return entries.find(({ id }) => id === next.restoredFrom)?.manifest.environment ?? instance;
}

/** Two databases that have nothing to do with each other do not take each other's place. */
async function refuseStranger(
  { root, project, instance, to }: SwitchRequest,
  present: LocalInstance | undefined,
  next: LocalInstance,
): Promise<void> {
  const all = await listLocalInstances({ root, project });
  if (present !== undefined && isRelated(present, next, all)) return;
  const { entries } = await listCatalogue(catalogueFolder({ root, project, instance }));
  const isOfName = entries.some(
    ({ id, manifest }) => id === next.restoredFrom && manifest.resourceId === next.restoredFromResource,
  );
  if (present === undefined && isOfName) return;
  throw refused(
    `${to} is not a restore of ${instance}, nor of a database they both come from.`,
    `Restore a backup of ${instance} first: holdfast restore ${instance} --as <new name>`,
  );
}

/** Of what a check finds: what the next deploy would stop at, or what makes answers wrong. */
const MATTERS: readonly Finding["about"][] = ["set", "verify", "index", "data"];

async function refuseFaulty(
  { instance, to, source, schema = "public", despiteFaults }: SwitchRequest,
  next: LocalInstance,
): Promise<void> {
  if (despiteFaults) return;
  const session = await pgSessions(settingsOf(next, schema)).open("read-only");
  try {
    const world = { source, history: pgHistoryStore(schema), loadParser: loadSqlParser };
    const { findings } = await checkDatabase(session, world);
    const faults = findings.filter(({ about, level }) => level === "fault" && MATTERS.includes(about));
    if (faults.length === 0) return;
    throw refused(
      `${to} does not pass its check: ${faults.map(({ message }) => message).join(" ")}`,
      `Put it right there, or restore to another instant. To take it as it is: holdfast switch ${instance} --to ${to} --yes`,
    );
  } finally {
    await session.close();
  }
}

/** The lock of a deploy is held until the server stops. One that is down has nobody working on it. */
async function whileNobodyDeploys(instance: LocalInstance | undefined, work: () => Promise<void>): Promise<void> {
  if (instance === undefined || !(await isLocalInstanceRunning(instance))) return work();
  return withBackupSession(instance, async (session) => {
    const [row] = await session.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1::bigint) AS taken", [
      DEPLOY_LOCK_KEY,
    ]);
    if (row?.taken === true) return work();
    throw refused(
      `A deploy is under way on ${instance.name}.`,
      "Wait for it to end, then switch again. Nothing was changed.",
    );
  });
}

function unknown({ instance, to }: SwitchRequest): HoldfastError {
  return new HoldfastError(
    "unknown_instance",
    `There is no embedded database "${to}" that could take the place of ${instance}.`,
    {
      next: `Make one: holdfast restore ${instance} --as <new name>`,
    },
  );
}

function refused(message: string, next: string): HoldfastError {
  return new HoldfastError("switch_refused", message, { next });
}
