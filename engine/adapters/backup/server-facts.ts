import { HoldfastError } from "../../core/errors.js";
import type { BackupSession } from "./backup-session.js";

/** What a backup must know of the server it copies. */
export interface ServerFacts {
  readonly version: string;
  readonly systemIdentifier: string;
  readonly segmentBytes: number;
  /** 1 for a cluster that was never restored. */
  readonly timeline: number;
  readonly startedAt: Date;
  /** Recovery from a crash begins them anew (src/backend/access/transam/xlog.c: pgstat_discard_stats). */
  readonly statisticsSince: Date;
}

interface Row {
  readonly version: string;
  readonly identifier: string;
  readonly segment_bytes: string;
  readonly timeline: number;
  readonly started_at: Date;
  readonly statistics_since: Date;
  readonly archives: boolean;
  readonly tablespaces: string | null;
}

const QUERY = `
  SELECT current_setting('server_version') AS version,
         (SELECT system_identifier::text FROM pg_control_system()) AS identifier,
         pg_size_bytes(current_setting('wal_segment_size')) AS segment_bytes,
         ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int AS timeline,
         pg_postmaster_start_time() AS started_at,
         (SELECT stats_reset FROM pg_stat_archiver) AS statistics_since,
         current_setting('archive_mode') <> 'off' AS archives,
         (SELECT string_agg(spcname, ', ') FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')) AS tablespaces`;

/** @throws HoldfastError backup_failed where a copy of the data directory would not be a backup */
export async function readServer(session: BackupSession): Promise<ServerFacts> {
  const [row] = await session.query<Row>(QUERY);
  if (row?.archives !== true) {
    throw new HoldfastError(
      "backup_failed",
      "WAL archiving is off on this server, so a base backup could not be restored.",
      {
        next: "Remove archive_mode from its postgresql.conf and postgresql.auto.conf changes (it was on from the start), then restart it.",
      },
    );
  }
  if (row.tablespaces !== null) {
    throw new HoldfastError(
      "backup_failed",
      `The database uses tablespaces outside its data directory (${row.tablespaces}), which a base backup does not hold.`,
      {
        next: "Move their tables back (ALTER TABLE … SET TABLESPACE pg_default), drop the tablespaces, then run again.",
      },
    );
  }
  return {
    ...{ version: row.version, systemIdentifier: row.identifier, segmentBytes: Number(row.segment_bytes) },
    ...{ timeline: row.timeline, startedAt: row.started_at, statisticsSince: row.statistics_since },
  };
}
