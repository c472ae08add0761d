import type { LocalInstance } from "../local/instance-file.js";
import { waitUntilArchived } from "./archived-wal.js";
import { withBackupSession } from "./backup-session.js";

/** Closes the segment a running server writes to, and waits until it is archived. @throws HoldfastError backup_failed */
export async function archiveLastWal(instance: LocalInstance, signal: AbortSignal): Promise<void> {
  await withBackupSession(instance, async (session) => {
    // Minus one: what it gives is the place behind, which may be the first of the next segment.
    const [row] = await session.query<{ segment: string }>(
      "SELECT pg_walfile_name(lsn - 1) AS segment FROM pg_switch_wal() AS lsn",
    );
    const stop = AbortSignal.any([signal, session.lost]);
    if (row !== undefined) await waitUntilArchived(session, instance.walDirectory, row.segment, stop);
  });
}
