import { ENVIRONMENT_KEY } from "./core/engine-tables.js";
import { HoldfastError } from "./core/errors.js";
import type { DatabaseState, ForeignHistory } from "./core/ports.js";
import { quoteLiteral } from "./core/quote-identifier.js";

/** Why a run does not even begin. Each names what was found and the way out. */

export function wrongEnvironment(state: DatabaseState, environment: string): HoldfastError {
  const found = state.environment ?? "";
  const rewrite = `UPDATE settings SET value = ${quoteLiteral(environment)}, updated_at = now() WHERE key = '${ENVIRONMENT_KEY}';`;
  return new HoldfastError(
    "wrong_environment",
    `Database ${state.database} belongs to environment ${found}, and this deploy is for ${environment}.`,
    {
      next:
        `Check the connection: nothing was changed.\n` +
        `If the instance merely has another environment than its name says, set it: in holdfast.json, or the stack's holdfast:environment.\n` +
        `If it is a copy of ${found} that serves ${environment} from now on, say so in the database itself: ${rewrite}`,
    },
  );
}

export function readOnlyServer({ database }: DatabaseState): HoldfastError {
  return new HoldfastError("read_only", `Database ${database} is read-only, so nothing can be migrated.`, {
    hint: "It is a replica, or default_transaction_read_only is on.",
    next: "Connect to the primary server, or end the read-only mode: ALTER DATABASE … RESET default_transaction_read_only;",
  });
}

const SHOWN_TABLES = 5;

/** The history is empty, the database is not: running everything from the first file would fail halfway, or worse. */
export function emptyHistory(state: DatabaseState, tables: readonly string[]): HoldfastError {
  const names = tables.length > SHOWN_TABLES ? [...tables.slice(0, SHOWN_TABLES), "…"] : tables;
  if (state.foreignHistory !== null) return foreignHistory(state, state.foreignHistory);
  return new HoldfastError(
    "history_without_tables",
    `Database ${state.database} has tables (${names.join(", ")}), but Holdfast has never run here.`,
    {
      next:
        "If they were made by these files, mark what already ran: holdfast baseline <instance> --version <last that ran>.\n" +
        "If another tool made them (dbmate, Flyway, golang-migrate, node-pg-migrate, Prisma), take over from it: holdfast adopt <instance> --from <tool>.\n" +
        "If it is the wrong database, correct the connection; nothing was changed.",
    },
  );
}

function foreignHistory({ database }: DatabaseState, { table, tool }: ForeignHistory): HoldfastError {
  return new HoldfastError(
    "foreign_history",
    `The table ${table} in database ${database} belongs to ${tool}; Holdfast does not touch it, and has never run here.`,
    {
      next:
        "Take over from it, folder and history as they are: holdfast adopt <instance> --from <tool>.\n" +
        "Or mark the files that already ran: holdfast baseline <instance> --version <last that ran>; Holdfast keeps its own history in schema holdfast.\n" +
        "If it is the wrong database, correct the connection; nothing was changed.",
    },
  );
}

export function noBackup(isContract: boolean): HoldfastError {
  return new HoldfastError(
    "no_backup",
    "This database has no way to back up that Holdfast knows, and files are pending.",
    {
      next:
        "Deploy through an instance whose database Holdfast can back up.\n" +
        'Or take a backup by hand and say so: --no-backup-because "…" (kept in the history).' +
        (isContract ? "\nA contract never runs without a backup: it is held then." : ""),
    },
  );
}

export function needlessExcuse(): HoldfastError {
  return new HoldfastError(
    "invalid_usage",
    "--no-backup-because is for a database without a way to back up; this one has one.",
    {
      next: "Leave the flag out: the backup is taken first.",
    },
  );
}

export function interrupted(next: string): HoldfastError {
  return new HoldfastError("interrupted", `The run was stopped before ${next}.`, {
    next: "Deploy again: it goes on where it stopped.",
  });
}
