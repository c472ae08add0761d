import { ENGINE_SCHEMA, ENVIRONMENT_KEY } from "../../core/engine-tables.js";
import type { HistoryRow, MigrationState, Phase, SystemVersion } from "../../core/migration.js";
import { versionOrder } from "../../core/migration-name.js";
import type { DatabaseState, Row, RunRecord } from "../../core/ports.js";
import { quoteIdentifier, quoteLiteral } from "../../core/quote-identifier.js";
import type { Place, Places } from "./place-tables.js";

/** Everything a run has to know of a database, in one statement. */
export function stateQuery({ tables, hasRuns }: Places): string {
  const { schema_migrations: history, system_versions: releases, settings } = tables;
  const marker = settings.columns
    ? `(SELECT value FROM ${settings.name} WHERE key = ${quoteLiteral(ENVIRONMENT_KEY)})`
    : "NULL";
  const state = `SELECT 'state' AS kind, current_setting('server_version_num') AS c1,
    (pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean)::text AS c2,
    current_database()::text AS c3, session_user::text AS c4, ${marker}::text AS c5, ${nulls(6)}`;
  const parts = [state];
  if (history.columns)
    parts.push(`SELECT 'history', ${HISTORY.map((name) => textOf(history, name)).join(", ")} FROM ${history.name}`);
  if (releases.columns) {
    const newest = `SELECT version, applied_at FROM ${releases.name} ORDER BY applied_at DESC LIMIT 100`;
    parts.push(`SELECT 'release', version::text, applied_at::text, ${nulls(3)} FROM (${newest}) AS newest`);
  }
  if (hasRuns) {
    const newest = `SELECT * FROM ${ENGINE_SCHEMA}.runs ORDER BY id DESC LIMIT 1`;
    const columns = "id::text, release, is_empty_start::text, started_at::text";
    parts.push(`SELECT 'run', ${columns}, ${nulls(5)} FROM (${newest}) AS newest WHERE finished_at IS NULL`);
  }
  return parts.join(" UNION ALL ");
}

const WIDTH = 11;
/** In this order they are c1 … c11. */
const HISTORY = [
  "version",
  "description",
  "state",
  "checksum",
  "phase",
  "closes",
  "release",
  "applied_at",
  "duration_ms",
  "held_reason",
  "due_at",
] as const;

/** Columns c<from> … c11 without a value. */
function nulls(from: number): string {
  return Array.from({ length: WIDTH - from + 1 }, (_, index) => `NULL AS c${from + index}`).join(", ");
}

/** A table that is still to be extended lacks columns. */
function textOf({ columns }: Place, name: (typeof HISTORY)[number]): string {
  return columns?.has(name) ? `${quoteIdentifier(name)}::text` : "NULL";
}

export function stateOf(rows: readonly Row[], { tables, foreignHistory }: Places): DatabaseState {
  const [state] = rows.filter(({ kind }) => kind === "state");
  const releases = rows.filter(({ kind }) => kind === "release").map(releaseOf);
  const history = rows.filter(({ kind }) => kind === "history").map(historyRowOf);
  return {
    serverVersionNum: Number(state?.["c1"]),
    isReadOnly: state?.["c2"] === "true",
    database: state?.["c3"] ?? "",
    user: state?.["c4"] ?? "",
    environment: state?.["c5"] ?? null,
    history: history.sort((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order))),
    hasHistory: tables.schema_migrations.columns !== null,
    releases: releases.sort((a, b) => b.appliedAt.getTime() - a.appliedAt.getTime()),
    foreignHistory,
    interruptedRun: runOf(rows.find(({ kind }) => kind === "run")),
  };
}

function runOf(row: Row | undefined): RunRecord | null {
  if (row === undefined) return null;
  const startedAt = instantOf(row["c4"]) ?? new Date(0);
  return { id: row["c1"] ?? "", release: row["c2"] ?? "", isEmptyStart: row["c3"] === "true", startedAt };
}

function releaseOf(row: Row): SystemVersion {
  return { version: row["c1"] ?? "", appliedAt: instantOf(row["c2"]) ?? new Date(0) };
}

function historyRowOf(row: Row): HistoryRow {
  const { c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 } = row;
  const version = c1 ?? "";
  return {
    version,
    order: versionOrder(version),
    description: c2 ?? "",
    // A bare table that another system kept says only that it has run.
    state: (c3 ?? "applied") as MigrationState,
    checksum: c4 ?? null,
    phase: (c5 ?? "expand") as Phase,
    closes: c6 ?? null,
    release: c7 ?? null,
    appliedAt: instantOf(c8),
    durationMs: c9 == null ? null : Number(c9),
    heldReason: c10 ?? null,
    dueAt: instantOf(c11),
  };
}

/** `2026-01-19 09:30:00.123456+00` (DateStyle ISO, TimeZone UTC), with or without a zone. */
export function instantOf(text: string | null | undefined): Date | null {
  return text == null ? null : new Date(`${text.replace(" ", "T").replace(/\+00$/, "")}Z`);
}
