import type { Approval, Migration } from "../../core/migration.js";
import type { SpentApproval } from "../../core/decide-contracts.js";
import type { PipelineStep, Session } from "../../core/ports.js";
import type { RetiredObject } from "../../core/retired-object.js";

/** A contract that ran on this database. */
export interface ContractRow {
  readonly version: string;
  readonly checksum: string;
  /** The release that ran it. */
  readonly release: string;
  readonly ranAt: Date;
  readonly purgeDueAt: Date | null;
  readonly purgedAt: Date | null;
  readonly undoneAt: Date | null;
}

/** The statements that remember a contract and what it did; they stand in the contract's own transaction. */
export function recordContract(entry: {
  readonly migration: Migration;
  readonly release: string;
  readonly approval: Approval | undefined;
  readonly purgeDueAt: Date | null;
  readonly objects: readonly RetiredObject[];
}): PipelineStep[] {
  const { migration, release, approval, purgeDueAt, objects } = entry;
  return [
    { sql: "DELETE FROM holdfast.retired_objects WHERE version = $1", values: [migration.version] },
    {
      sql: `INSERT INTO holdfast.contracts AS c (version, checksum, release, approved_by, approval_expires, ran_at, purge_due_at)
        VALUES ($1, $2, $3, $4, $5::timestamptz, now(), $6::timestamptz)
        ON CONFLICT (version) DO UPDATE SET (checksum, release, approved_by, approval_expires, ran_at, purge_due_at, purged_at, undone_at) =
          (excluded.checksum, excluded.release, excluded.approved_by, excluded.approval_expires, excluded.ran_at, excluded.purge_due_at, NULL, NULL)`,
      values: [
        ...[migration.version, migration.checksum, release, approval?.by ?? null],
        ...[approval?.expires?.toISOString() ?? null, purgeDueAt?.toISOString() ?? null],
      ],
    },
    ...objects.map(({ position, kind, object, facts }) => ({
      // Taken under the contract's locks: tells later which rows were written after it.
      sql: `INSERT INTO holdfast.retired_objects (version, position, kind, object, facts)
        VALUES ($1, $2::int, $3, $4, $5::jsonb || jsonb_build_object('snapshot', pg_current_snapshot()::text))`,
      values: [migration.version, String(position), kind, object, JSON.stringify(facts)],
    })),
  ];
}

const CONTRACTS = `SELECT version, checksum, release, extract(epoch FROM ran_at) * 1000 AS ran_at,
  extract(epoch FROM purge_due_at) * 1000 AS purge_due_at, extract(epoch FROM purged_at) * 1000 AS purged_at,
  extract(epoch FROM undone_at) * 1000 AS undone_at FROM holdfast.contracts`;

export async function readContract(session: Session, version: string): Promise<ContractRow | undefined> {
  const [row] = await session.query(`${CONTRACTS} WHERE version = $1`, [version]);
  if (row === undefined) return undefined;
  return {
    ...{ version: row["version"] ?? "", checksum: row["checksum"] ?? "", release: row["release"] ?? "" },
    ranAt: dateOf(row["ran_at"]) ?? new Date(0),
    purgeDueAt: dateOf(row["purge_due_at"]),
    purgedAt: dateOf(row["purged_at"]),
    undoneAt: dateOf(row["undone_at"]),
  };
}

/** In the order the contract did them. */
export async function readObjects(session: Session, version: string): Promise<RetiredObject[]> {
  const rows = await session.query(
    "SELECT position, kind, object, facts FROM holdfast.retired_objects WHERE version = $1 ORDER BY position",
    [version],
  );
  return rows.map(
    ({ position, kind, object, facts }) =>
      ({ position: Number(position), kind, object, facts: JSON.parse(facts ?? "{}") as unknown }) as RetiredObject,
  );
}

/** Approvals whose contracts were undone: each must be given anew. */
export async function readSpentApprovals(session: Session): Promise<SpentApproval[]> {
  const rows = await session.query(
    `SELECT version, checksum, extract(epoch FROM approval_expires) * 1000 AS expires FROM holdfast.contracts WHERE undone_at IS NOT NULL`,
  );
  return rows.map((row) => ({
    version: row["version"] ?? "",
    checksum: row["checksum"] ?? "",
    expires: dateOf(row["expires"]),
  }));
}

function dateOf(milliseconds: string | null | undefined): Date | null {
  return milliseconds == null ? null : new Date(Number(milliseconds));
}
