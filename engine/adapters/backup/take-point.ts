import { randomUUID } from "node:crypto";
import type { PointManifest } from "../../core/backup-manifest.js";
import type { BaseEntry, PointEntry } from "../../core/catalogue.js";
import type { BackupRequest } from "../../core/ports.js";
import { segmentAfter, segmentsBetween, timelineOf } from "../../core/wal-segments.js";
import { waitUntilArchived } from "./archived-wal.js";
import { withBackupSession, type BackupSession } from "./backup-session.js";
import { manifestHead, type BackupSite } from "./backup-site.js";
import { markInProgress, publish } from "./catalogue-folder.js";
import { findFreshBase, whyNotOnBase, whyWalLeadsNowhere } from "./fresh-base.js";
import { withDraft, type Draft } from "./publish-draft.js";
import { markRestorePoint, type RestorePoint } from "./restore-point.js";
import { readServer, type ServerFacts } from "./server-facts.js";
import { ledgerOf, recordWal } from "./wal-ledger.js";

/**
 * A restore point: a mark in the WAL that a base backup of today begins. It costs a mark, a count and one WAL segment. Where
 * the way from a base to here is not certain, there is none, and a note says why.
 *
 * @returns undefined where a base backup is needed
 * @throws HoldfastError backup_failed, interrupted
 */
export function takePoint(site: BackupSite, request: BackupRequest): Promise<PointEntry | undefined> {
  return withDraft(site, async (draft) => {
    const base = await findFreshBase(site);
    if (base === undefined) return undefined;
    return withBackupSession(site.instance, (control) => markOnBase({ site, control, draft, base }, request));
  });
}

interface Marking {
  readonly site: BackupSite;
  readonly control: BackupSession;
  readonly draft: Draft;
  readonly base: BaseEntry;
}

async function markOnBase(marking: Marking, request: BackupRequest): Promise<PointEntry | undefined> {
  const { site, control, draft, base } = marking;
  const server = await readServer(control);
  const obstacle = whyNotOnBase(base, server);
  if (obstacle !== undefined) return withoutPoint(site, obstacle);
  await markInProgress(draft.path, base.manifest.wal.firstSegment);
  site.progress({ kind: "backup", state: "started" });
  const { point, tables } = await mark(marking);
  const wal = walOf(base, server, point);
  const segments = segmentsBetween(wal.firstSegment, wal.lastSegment, server.segmentBytes);
  const gap = await whyWalLeadsNowhere(site, { base, segments, server, isRead: request.contracts.length > 0 });
  if (gap !== undefined) return withoutPoint(site, gap);
  await recordWal(ledgerOf(site.instance), site.instance.walDirectory);
  site.killPoint("backup-marked");
  const { version, systemIdentifier } = server;
  const contents = { takenAt: point.at.toISOString(), server: { version, systemIdentifier }, wal, tables };
  const manifest = { ...manifestHead(site, request), kind: "point", base: base.id, ...contents } as const;
  return publish<PointManifest>(draft.folder, draft.path, manifest);
}

function walOf({ manifest: { wal } }: BaseEntry, { segmentBytes }: ServerFacts, point: RestorePoint) {
  const firstSegment = segmentAfter(wal.lastSegment, segmentBytes);
  const { lsn, segment: lastSegment, name: restorePoint } = point;
  return { lsn, timeline: timelineOf(lastSegment), firstSegment, lastSegment, restorePoint };
}

/** The mark is of use once the segment that holds it is archived. */
async function mark({ site: { instance, signal }, control }: Marking) {
  const prefix = `holdfast-${randomUUID()}`;
  const marked = await withBackupSession(instance, (counter) => markRestorePoint(control, counter, prefix));
  await control.query("SELECT pg_switch_wal()");
  const stop = AbortSignal.any([signal, control.lost]);
  await waitUntilArchived(control, instance.walDirectory, marked.point.segment, stop);
  return marked;
}

function withoutPoint({ progress }: BackupSite, why: string): Promise<undefined> {
  progress({ kind: "note", message: `A base backup is taken in place of a restore point: ${why}.` });
  return Promise.resolve(undefined);
}
