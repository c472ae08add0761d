import { HoldfastError } from "./errors.js";
import type { HistoryRow, MigrationFile } from "./migration.js";

/** The refusals of comparing a folder with a history: each names the file and the way out. */

const PUT_BACK = "Put the file back as it was deployed (your version control has it)";

export function checksumMismatch(row: HistoryRow, file: MigrationFile): HoldfastError {
  return new HoldfastError("checksum_mismatch", `${file.path} was changed after it was applied${when(row)}.`, {
    location: { file: file.path, line: 1, column: 1 },
    hint: `Applied with checksum ${short(row.checksum)}, now ${short(file.checksum)}.`,
    next:
      `${PUT_BACK} and write the change as a new file.\n` +
      `If only a comment, @why, @verify or @rollback differs: holdfast accept <instance> ${row.version} --reason "…".`,
  });
}

export function migrationMissing(row: HistoryRow): HoldfastError {
  return new HoldfastError(
    "migration_missing",
    `${named(row)} was applied${when(row)}, but its file is not in the folder.`,
    {
      next: `${PUT_BACK}: an applied migration stays in the folder for good.`,
    },
  );
}

export function migrationRenamed(row: HistoryRow, file: MigrationFile): HoldfastError {
  return new HoldfastError(
    "migration_renamed",
    `${file.path} was applied${when(row)} as ${named(row)}, and renamed since.`,
    {
      location: { file: file.path, line: 1, column: 1 },
      next: `Give it its old name again: version ${row.version}, description "${row.description}".`,
    },
  );
}

export function outOfOrder(file: MigrationFile, last: HistoryRow): HoldfastError {
  const message = `${file.path} comes too late: ${named(last)}, which is higher, was already applied${when(last)}.`;
  return new HoldfastError("out_of_order", message, {
    location: { file: file.path, line: 1, column: 1 },
    next: `Rename it to a version above ${last.version}, if it was never applied anywhere else.`,
  });
}

export function pendingBehindNewer(file: MigrationFile, newest: HistoryRow): HoldfastError {
  const message = `${file.path} is new, but the folder lacks ${named(newest)}, which was applied${when(newest)}.`;
  return new HoldfastError("release_too_old", message, {
    location: { file: file.path, line: 1, column: 1 },
    next: `Merge the files of release ${newest.release ?? "that applied it"} into this one, then deploy.`,
  });
}

export interface TooOld {
  readonly contract: HistoryRow;
  /** What the folder would need to have. */
  readonly needed: HistoryRow;
  readonly release: string;
  readonly databaseRelease: string | undefined;
}

export function releaseTooOld({ contract, needed, release, databaseRelease }: TooOld): HoldfastError {
  const message = `Release ${release} still uses what ${named(contract)} removed${when(contract)}: its folder lacks ${named(needed)}.`;
  const undo =
    contract.state === "retired"
      ? `\nOr take the removal back first: holdfast undo <instance> ${contract.version}.`
      : "";
  return new HoldfastError("release_too_old", message, {
    ...(databaseRelease !== undefined && { hint: `The database is at release ${databaseRelease}.` }),
    next:
      `Deploy a release whose folder has ${named(needed)}.${undo}\n` +
      "Or restore the backup taken before the contract beside the database: holdfast backups, then holdfast restore.",
  });
}

function named({ version, description }: HistoryRow): string {
  return `${version} (${description})`;
}

function when({ release, appliedAt }: HistoryRow): string {
  const by = release === null ? "" : ` by release ${release}`;
  return appliedAt === null ? by : `${by} at ${appliedAt.toISOString()}`;
}

function short(checksum: string | null): string {
  return checksum === null ? "unknown" : `${checksum.slice(0, 12)}…`;
}
