import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { BaseManifest } from "../../core/backup-manifest.js";
import type { BaseEntry } from "../../core/catalogue.js";
import type { BackupRequest } from "../../core/ports.js";
import { segmentsBetween } from "../../core/wal-segments.js";
import { waitUntilArchived } from "./archived-wal.js";
import { withBackupSession, type BackupSession } from "./backup-session.js";
import { manifestHead, type BackupSite } from "./backup-site.js";
import { markInProgress, publish } from "./catalogue-folder.js";
import { addDataFiles, addWal } from "./copy-files.js";
import { listDataFiles } from "./data-files.js";
import { refuseWithoutRoom } from "./free-space.js";
import { withDraft } from "./publish-draft.js";
import { markRestorePoint } from "./restore-point.js";
import { readServer } from "./server-facts.js";
import { createTar, type TarWriter } from "./tar-writer.js";
import { keepLedger } from "./wal-ledger.js";

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
  return withDraft(site, (draft) =>
    withBackupSession(site.instance, async (control) => {
      const stop = AbortSignal.any([site.signal, control.lost]);
      const contents = await copyCluster({ ...site, control, draft: draft.path, stop });
      await keepLedger(site, contents.wal.firstSegment);
      site.killPoint("backup-copied");
      const manifest = { ...manifestHead(site, request), kind: "base", ...contents } as const;
      return publish<BaseManifest>(draft.folder, draft.path, manifest);
    }),
  );
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

function total(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error("the server gave no row");
  return row;
}
