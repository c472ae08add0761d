import type { PipelineStep, Session } from "../../core/ports.js";

/** What the catalog held before a statement began; how a later run tells whether it did its work. */
export type Facts = Readonly<Record<string, readonly string[]>>;

/** A statement of a half-run file that has begun or is finished. */
export interface JournalRow {
  /** Of the statement in the file, from 0. */
  readonly position: number;
  /** Its text as it was run. */
  readonly statement: string;
  readonly isFinished: boolean;
  readonly facts: Facts;
}

/** By position. Empty for a file that is not half-run. */
export async function readJournal(session: Session, version: string): Promise<JournalRow[]> {
  const rows = await session.query(
    "SELECT position, statement, is_finished, facts FROM holdfast.statement_journal WHERE version = $1 ORDER BY position",
    [version],
  );
  return rows.map((row) => ({
    position: Number(row["position"]),
    statement: row["statement"] ?? "",
    isFinished: row["is_finished"] === "t",
    facts: JSON.parse(row["facts"] ?? "{}") as Facts,
  }));
}

export function recordStarted(version: string, row: Omit<JournalRow, "isFinished">): PipelineStep {
  return {
    sql: `INSERT INTO holdfast.statement_journal (version, position, statement, is_finished, facts)
      VALUES ($1, $2::int, $3, false, $4::jsonb)
      ON CONFLICT (version, position) DO UPDATE SET statement = excluded.statement, facts = excluded.facts, started_at = now()`,
    values: [version, String(row.position), row.statement, JSON.stringify(row.facts)],
  };
}

export function recordFinished(version: string, position: number, statement: string): PipelineStep {
  return {
    sql: `INSERT INTO holdfast.statement_journal (version, position, statement, is_finished, facts, finished_at)
      VALUES ($1, $2::int, $3, true, '{}', clock_timestamp())
      ON CONFLICT (version, position) DO UPDATE SET is_finished = true, finished_at = clock_timestamp()`,
    values: [version, String(position), statement],
  };
}

export function forgetStatement(version: string, position: number): PipelineStep {
  return {
    sql: "DELETE FROM holdfast.statement_journal WHERE version = $1 AND position = $2::int",
    values: [version, String(position)],
  };
}

export function forgetFile(version: string): PipelineStep {
  return { sql: "DELETE FROM holdfast.statement_journal WHERE version = $1", values: [version] };
}
