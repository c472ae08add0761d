import type { PipelineStep } from "./ports.js";
import { quoteIdentifier } from "./quote-identifier.js";

/** What every file finds, whatever role, database, server or the file before it set. */
export interface StartingPoint {
  /** First in the search path; `public` follows. */
  readonly schema: string;
  /** The role that owns the objects; unset: whatever the login brings (perhaps by ALTER ROLE … SET role). */
  readonly ownerRole?: string;
  /** Every transaction is read-only, held by the server. */
  readonly isReadOnly: boolean;
  readonly serverVersionNum: number;
  /** Nothing is set in any other session; null: in whichever it is. */
  readonly expectedPid: string | null;
}

/**
 * The one statement that puts a session at its starting point; its `pid` column is pg_backend_pid().
 * Waits are unlimited here: whoever asks for a lock sets lock_timeout for that attempt.
 */
export function startingStep(point: StartingPoint): PipelineStep {
  const { schema, ownerRole, isReadOnly, serverVersionNum, expectedPid } = point;
  const settings: readonly (readonly [name: string, value: string])[] = [
    ["search_path", [...new Set([schema, "public"])].map(quoteIdentifier).join(", ")],
    ["TimeZone", "UTC"],
    ["DateStyle", "ISO, MDY"],
    ["IntervalStyle", "postgres"],
    // Values that travel as text come back as they were.
    ["extra_float_digits", "1"],
    ["bytea_output", "hex"],
    ["client_min_messages", "notice"],
    ["standard_conforming_strings", "on"],
    ["check_function_bodies", "on"],
    ["statement_timeout", "0"],
    ["lock_timeout", "0"],
    // A runner that hangs between two statements must not hold its locks (it never works there for long).
    ["idle_in_transaction_session_timeout", "30s"],
    ["idle_session_timeout", "0"],
    ...(serverVersionNum >= 170000 ? ([["transaction_timeout", "0"]] as const) : []),
    // The first statement shares a transaction with these settings: the default comes too late for it.
    ...(isReadOnly ? READ_ONLY : []),
    ...VANISHED_RUNNER,
    // Before 15 only Linux has it, and other systems refuse any value but 0 (manual, "TCP Settings").
    ...(serverVersionNum >= 150000 ? ([["client_connection_check_interval", "5s"]] as const) : []),
    // Last: the role may not be allowed to set what stands above it.
    ...(ownerRole === undefined ? [] : ([["role", ownerRole]] as const)),
  ];
  const calls = settings.map((_, index) => `set_config($${2 * index + 2}, $${2 * index + 3}, false)`);
  // Behind a pooler the settings would stay with a connection that others get next.
  const guarded = `CASE WHEN pg_backend_pid()::text = coalesce($1, pg_backend_pid()::text) THEN concat(${calls.join(", ")}) END`;
  return { sql: `SELECT pg_backend_pid() AS pid, ${guarded}`, values: [expectedPid, ...settings.flat()] };
}

const READ_ONLY = [
  ["default_transaction_read_only", "on"],
  ["transaction_read_only", "on"],
] as const;

/** A runner whose machine vanished loses its session, and with it its locks, in 10 + 3 × 5 s. */
const VANISHED_RUNNER = [
  ["tcp_keepalives_idle", "10"],
  ["tcp_keepalives_interval", "5"],
  ["tcp_keepalives_count", "3"],
  ["tcp_user_timeout", "25s"],
] as const;

/** Back to who logged in; RESET ALL leaves both alone. */
export const LOGIN: readonly PipelineStep[] = [{ sql: "RESET SESSION AUTHORIZATION" }, { sql: "RESET ROLE" }];

/**
 * What DISCARD ALL does (manual, DISCARD), without pg_advisory_unlock_all: the lock of the deploy is held by the session.
 */
export const LEAVINGS: readonly PipelineStep[] = [
  { sql: "CLOSE ALL" },
  ...LOGIN,
  { sql: "RESET ALL" },
  { sql: "DEALLOCATE ALL" },
  { sql: "UNLISTEN *" },
  { sql: "DISCARD TEMP" },
  { sql: "DISCARD SEQUENCES" },
];
