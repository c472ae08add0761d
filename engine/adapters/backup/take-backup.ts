import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BaseManifest } from "../../core/backup-manifest.js";
import type { BaseEntry } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import type { KillPoint } from "../../core/kill-points.js";
import type { BackupRequest, Progress } from "../../core/ports.js";
import { segmentsBetween } from "../../core/wal-segments.js";
import type { LocalInstance } from "../local/instance-file.js";
import { waitUntilArchived } from "./archived-wal.js";
import { backupFault } from "./backup-fault.js";
import { withBackupSession, type BackupSession } from "./backup-session.js";
import { catalogueFolder, makeWorkFolder, markInProgress, publish } from "./catalogue-folder.js";
import { addDataFiles, addWal } from "./copy-files.js";
import { listDataFiles } from "./data-files.js";
import { refuseWithoutRoom } from "./free-space.js";
import { clearLeftovers, pruneCatalogue } from "./prune-catalogue.js";
import { markRestorePoint } from "./restore-point.js";
import { readServer } from "./server-facts.js";
import { createTar, type TarWriter } from "./tar-writer.js";

/** What is backed up, and who watches. */
export interface BackupSite {
  readonly instance: LocalInstance;
  /** Recorded in the manifest. */
  readonly environment: string;
  readonly progress: Progress;
  /** Fault injection, as in RunContext. */
  readonly killPoint: (name: KillPoint) => void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** One copy under way. */
interface Copy extends BackupSite {
  readonly control: BackupSession;
  readonly draft: string;
  /** Aborted by Ctrl-C and when the server goes away. */
  readonly stop: AbortSignal;
}

const DATA_FILE = "base.tar";

/**
 * A base backup by the low-level API (manual, 25.3.4) as one tar that needs nothing else: it holds the WAL up to its restore
 * point. It appears in the catalogue whole or not at all; then the oldest go.
 *
 * @throws HoldfastError backup_failed, interrupted
 */
export async function takeBackup(site: BackupSite, request: BackupRequest): Promise<BaseEntry> {
  const { instance, signal } = site;
  const folder = catalogueFolder({ ...instance, instance: instance.name });
  try {
    await clearLeftovers(folder, instance.root);
    const entry = await withDraft(folder, (draft) =>
      withBackupSession(instance, async (control) => {
        const stop = AbortSignal.any([signal, control.lost]);
        const contents = await copyCluster({ ...site, control, draft, stop });
        site.killPoint("backup-copied");
        return publish<BaseManifest>(folder, draft, describe(site, request, contents));
      }),
    );
    site.killPoint("backup-published");
    await prune(folder, site);
    site.progress({ kind: "backup", state: "done", id: entry.id, bytes: entry.sizeBytes });
    return entry;
  } catch (error) {
    if (signal.aborted) throw interrupted(instance.name);
    throw backupFault("backup_failed", `The backup of "${instance.name}"`, error);
  }
}

type Contents = Pick<BaseManifest, "takenAt" | "server" | "wal" | "data" | "tables">;

async function copyCluster(copy: Copy): Promise<Contents> {
  const { control, draft, instance, stop } = copy;
  const server = await readServer(control);
  const start = await startBackup(control);
  await markInProgress(draft, start.segment);
  const files = await listDataFiles(instance.dataDirectory);
  const tar = await openTar(copy, total(files));
  try {
    await addDataFiles(tar, instance.dataDirectory, files, stop);
    const end = await stopBackup(control);
    await tar.addText("backup_label", end.label);
    const prefix = `holdfast-${randomUUID()}`;
    const { point, tables } = await withBackupSession(instance, (counter) =>
      markRestorePoint(control, counter, prefix),
    );
    await control.query("SELECT pg_switch_wal()");
    await waitUntilArchived(control, instance.walDirectory, point.segment, stop);
    await addWal(tar, instance.walDirectory, segmentsBetween(start.segment, point.segment, server.segmentBytes));
    const data = { file: DATA_FILE, ...(await tar.finish()) };
    const wal = {
      ...{ start: start.lsn, stop: end.lsn, restorePoint: point.name },
      ...{ firstSegment: start.segment, lastSegment: point.segment },
    };
    const { version, systemIdentifier } = server;
    return { takenAt: point.at.toISOString(), server: { version, systemIdentifier }, wal, data, tables };
  } finally {
    await tar.close();
  }
}

/** `fast`: a checkpoint at once, in place of one spread over minutes. The session that starts a backup must stay until its end. */
async function startBackup(control: BackupSession): Promise<{ readonly lsn: string; readonly segment: string }> {
  const sql = "SELECT lsn, pg_walfile_name(lsn) AS segment FROM pg_backup_start('holdfast', true) AS lsn";
  return only(await control.query<{ lsn: string; segment: string }>(sql));
}

/** Not waiting for the archive here: the restore point comes after, and with it the wait. */
async function stopBackup(control: BackupSession): Promise<{ readonly lsn: string; readonly label: string }> {
  return only(await control.query("SELECT lsn, labelfile AS label FROM pg_backup_stop(false)"));
}

async function openTar({ draft, progress }: Copy, totalBytes: number): Promise<TarWriter> {
  await refuseWithoutRoom("backup_failed", draft, totalBytes);
  progress({ kind: "backup", state: "started", totalBytes });
  return createTar(join(draft, DATA_FILE), (bytes) =>
    progress({ kind: "backup", state: "copying", bytes, totalBytes }),
  );
}

function describe({ instance, environment }: BackupSite, request: BackupRequest, contents: Contents) {
  return {
    format: 1,
    kind: "base",
    project: instance.project,
    instance: instance.name,
    resourceId: instance.resourceId,
    environment,
    ...request,
    ...contents,
  } as const;
}

async function withDraft<T>(folder: string, work: (draft: string) => Promise<T>): Promise<T> {
  const draft = await makeWorkFolder(folder, "new");
  try {
    return await work(draft);
  } finally {
    // Published, it is no longer there under this name.
    await rm(draft, { recursive: true, force: true });
  }
}

/** The backup is there and good whatever becomes of the old ones. */
async function prune(folder: string, { instance, progress }: BackupSite): Promise<void> {
  try {
    await pruneCatalogue(folder, instance);
  } catch (error) {
    progress({ kind: "note", message: backupFault("backup_failed", "Removing old backups", error).message });
  }
}

function interrupted(name: string): HoldfastError {
  return new HoldfastError("interrupted", `The backup of "${name}" was interrupted; nothing of it was kept.`, {
    next: "Run again.",
  });
}

function total(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error("the server gave no row");
  return row;
}
