import { HoldfastError } from "../errors.js";
import { checksumOf } from "../normalise-text.js";
import type { Row } from "../ports.js";
import type { ToolFile } from "./tool-folder.js";
import type { Claim, HistoryReader } from "./tool-history.js";

/** A row per try: finished, failed (neither finished nor rolled back), or rolled back. */
export const prismaHistory: HistoryReader = ({ table, rows }, files, fault) => {
  const finished = rows.filter((row) => row["finished_at"] != null && row["rolled_back_at"] == null);
  const names = new Set(finished.map(nameOf));
  const open = rows.filter(
    (row) => !names.has(nameOf(row)) || (row["finished_at"] == null && row["rolled_back_at"] == null),
  );
  for (const row of open) fault(unfinished(row, table));
  return finished.map((row) => claimOf(row, files, fault));
};

function nameOf(row: Row): string {
  return row["migration_name"] ?? "";
}

function claimOf(row: Row, files: readonly ToolFile[], fault: (error: HoldfastError) => void): Claim {
  const name = nameOf(row);
  const file = files.find((one) => one.name === `${name}/migration.sql`);
  if (file !== undefined && !isChecksumOf(row["checksum"], file.original)) fault(changed(file));
  return { shown: name, file };
}

/** Prisma takes a file for the same when only its line ends differ. */
function isChecksumOf(checksum: string | null | undefined, text: string): boolean {
  const lines = text.replaceAll("\r\n", "\n");
  return [text, lines, lines.replaceAll("\n", "\r\n")].some((one) => checksumOf(one) === checksum);
}

function unfinished(row: Row, table: string): HoldfastError {
  const name = nameOf(row);
  const isRolledBack = row["rolled_back_at"] != null;
  const message = `${name} ${isRolledBack ? "was rolled back, and has not been applied since" : "failed"} (${table}).`;
  return new HoldfastError("adopt_refused", message, {
    next:
      `If all of it is in the database: npx prisma migrate resolve --applied ${name}.\n` +
      `If none of it is: ${isRolledBack ? "" : `npx prisma migrate resolve --rolled-back ${name}, then `}npx prisma migrate deploy. Then adopt again.`,
  });
}

function changed(file: ToolFile): HoldfastError {
  return new HoldfastError("checksum_mismatch", `${file.path} was changed after Prisma applied it.`, {
    location: { file: file.path, line: 1, column: 1 },
    next: "Put the file back as it was applied (your version control has it), and write the change as a new migration.",
  });
}
