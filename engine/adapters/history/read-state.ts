import { ENGINE_SCHEMA, ENVIRONMENT_KEY } from "../../core/engine-tables.js";
import type { HistoryRow, MigrationState, Phase, SystemVersion } from "../../core/migration.js";
import { versionOrder } from "../../core/migration-name.js";
import type { DatabaseState, Row, RunRecord } from "../../core/ports.js";
import { quoteIdentifier, quoteLiteral } from "../../core/quote-identifier.js";
import type { Place, Places } from "./place-tables.js";

/** In this order they stand in each row of `history`. */
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

/**
 * Everything a run has to know of a database, in one statement and one row. Lists come as JSON arrays of texts: for a thousand
 * migrations that costs the client a tenth of what a thousand rows cost.
 */
export function stateQuery({ tables, hasRuns }: Places): string {
  const { schema_migrations: history, system_versions: releases, settings } = tables;
  const newest = (table: string, order: string, limit: number): string =>
    `(SELECT * FROM ${table} ORDER BY ${order} DESC LIMIT ${limit}) AS newest`;
  const parts = [
    "current_setting('server_version_num') AS version_num",
    "pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS is_read_only",
    "current_database() AS database",
    "session_user AS user",
    `${settings.columns ? markerIn(settings) : "NULL"} AS environment`,
    `to_regclass('${ENGINE_SCHEMA}.settings') IS NOT NULL AS has_own_settings`,
    listOf("history", history.columns && HISTORY.map((name) => textOf(history, name)), history.name),
    listOf("releases", releases.columns && ["version", epoch("applied_at")], newest(releases.name, "applied_at", 100)),
    listOf("runs", hasRuns && RUN, newest(`${ENGINE_SCHEMA}.runs`, "id", 1)),
  ];
  return `SELECT ${parts.join(", ")}`;
}

const RUN = ["id::text", "release", "is_empty_start::text", epoch("started_at"), epoch("finished_at")];

/** The table that was read is the application's: ours lives in the engine's schema. */
export function isElsewhere(row: Row, { tables }: Places): boolean {
  return row["has_own_settings"] === "t" && tables.settings.schema !== ENGINE_SCHEMA;
}

function markerIn({ name }: Place): string {
  return `(SELECT value FROM ${name} WHERE key = ${quoteLiteral(ENVIRONMENT_KEY)})`;
}

/** @param columns texts; false or null where there is no such table */
function listOf(name: string, columns: readonly string[] | false | null, from: string): string {
  return columns ? `(SELECT json_agg(ARRAY[${columns.join(", ")}]) FROM ${from}) AS ${name}` : `NULL AS ${name}`;
}

/** A table that is still to be extended lacks columns. */
function textOf({ columns }: Place, name: (typeof HISTORY)[number]): string {
  if (columns?.has(name) !== true) return "NULL";
  return name.endsWith("_at") ? epoch(name) : `${quoteIdentifier(name)}::text`;
}

/** Milliseconds since 1970; a time without a zone counts as UTC. */
function epoch(column: string): string {
  return `(date_part('epoch', ${column}) * 1000)::text`;
}

type Texts = readonly (string | null)[];

export function stateOf(row: Row, { tables, foreignHistory }: Places): DatabaseState {
  const history = readList(row["history"]).map(historyRowOf);
  const releases = readList(row["releases"]).map(releaseOf);
  return {
    serverVersionNum: Number(row["version_num"]),
    isReadOnly: row["is_read_only"] === "t",
    database: row["database"] ?? "",
    user: row["user"] ?? "",
    environment: row["environment"] ?? null,
    history: history.sort((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order))),
    hasHistory: tables.schema_migrations.columns !== null,
    releases: releases.sort((a, b) => b.appliedAt.getTime() - a.appliedAt.getTime()),
    foreignHistory,
    interruptedRun: readList(row["runs"]).map(interruptedRunOf)[0] ?? null,
  };
}

function readList(json: string | null | undefined): readonly Texts[] {
  return json == null ? [] : (JSON.parse(json) as readonly Texts[]);
}

function interruptedRunOf([id, release, isEmptyStart, startedAt, finishedAt]: Texts): RunRecord | null {
  if (finishedAt != null) return null;
  const start = instantOf(startedAt) ?? new Date(0);
  return { id: id ?? "", release: release ?? "", isEmptyStart: isEmptyStart === "true", startedAt: start };
}

function releaseOf([version, appliedAt]: Texts): SystemVersion {
  return { version: version ?? "", appliedAt: instantOf(appliedAt) ?? new Date(0) };
}

function historyRowOf(texts: Texts): HistoryRow {
  const [spelled, description, state, checksum, phase, closes, release, appliedAt, durationMs, heldReason, dueAt] =
    texts;
  const version = spelled ?? "";
  return {
    version,
    order: versionOrder(version),
    description: description ?? "",
    // A bare table that another system kept says only that it has run.
    state: (state ?? "applied") as MigrationState,
    checksum: checksum ?? null,
    phase: (phase ?? "expand") as Phase,
    closes: closes ?? null,
    release: release ?? null,
    appliedAt: instantOf(appliedAt),
    durationMs: durationMs == null ? null : Number(durationMs),
    heldReason: heldReason ?? null,
    dueAt: instantOf(dueAt),
  };
}

function instantOf(milliseconds: string | null | undefined): Date | null {
  return milliseconds == null ? null : new Date(Number(milliseconds));
}
