import { HoldfastError } from "../errors.js";
import { isVersion, versionOrder } from "../migration-name.js";
import type { Row } from "../ports.js";
import { flywayChecksum } from "./crc32.js";
import type { ToolFile } from "./tool-folder.js";
import type { Claim, HistoryReader } from "./tool-history.js";

/** A row per file that was applied, repaired or undone; the type says which (Flyway's CoreMigrationType). */
export const flywayHistory: HistoryReader = ({ table, rows }, files, fault) => {
  const claims = new Map<bigint, Claim>();
  for (const row of rows) {
    const refusal = refusalOf(row, table);
    const order = orderOf(row);
    if (refusal !== undefined) fault(refusal);
    else if (row["type"] === "DELETE" && order !== undefined) claims.delete(order);
    else if (row["type"] === "BASELINE" && order !== undefined)
      for (const one of upTo(order, files)) claims.set(...one);
    else if (row["type"] === "SQL") claims.set(order ?? -1n, claimOf(row, files, fault));
  }
  return [...claims.values()];
};

function orderOf({ version }: Row): bigint | undefined {
  const spelled = `V${version ?? ""}`;
  return isVersion(spelled) ? versionOrder(spelled) : undefined;
}

/** The schema's own row (type SCHEMA) means no file, and a baseline means all files below it, be they there or not. */
function upTo(order: bigint, files: readonly ToolFile[]): [bigint, Claim][] {
  return files.filter((file) => file.order <= order).map((file) => [file.order, { shown: file.version, file }]);
}

function claimOf(row: Row, files: readonly ToolFile[], fault: (error: HoldfastError) => void): Claim {
  const order = orderOf(row);
  const file = files.find((one) => one.order === order);
  const { checksum } = row;
  if (file !== undefined && checksum != null && Number(checksum) !== flywayChecksum(file.text)) {
    fault(changed(file, checksum));
  }
  return { shown: shownAs(row), file };
}

function shownAs({ version, description }: Row): string {
  return `${version ?? ""} (${description ?? ""})`;
}

const REPAIR = "Put the database right, let Flyway forget it (flyway repair), and adopt again.";

function refusalOf(row: Row, table: string): HoldfastError | undefined {
  const { type, success, script } = row;
  const name = script ?? shownAs(row);
  if (success === "false") return refused(`${name} failed (${table})`, REPAIR);
  if (type === "SQL" && row["version"] == null) {
    return refused(
      `${name} is a repeatable migration (${table})`,
      "Write its states as versioned files from now on, and delete its row by hand.",
    );
  }
  if (type === "SQL" || type === "SCHEMA" || type === "BASELINE" || type === "DELETE") return undefined;
  if (type?.startsWith("UNDO") === true) {
    return refused(
      `${name} was undone (${table})`,
      "Delete the two rows of that version by hand, so that the table says what there is.",
    );
  }
  const next =
    "Put a .sql file of that version into the folder that does what it did, and give it to Flyway: flyway repair.";
  return refused(`${name} is a migration of type ${type ?? ""} (${table}), which is no SQL`, next);
}

function refused(what: string, next: string): HoldfastError {
  return new HoldfastError("adopt_refused", `${what}.`, { next });
}

function changed(file: ToolFile, checksum: string): HoldfastError {
  const now = String(flywayChecksum(file.text));
  return new HoldfastError("checksum_mismatch", `${file.path} was changed after Flyway applied it.`, {
    location: { file: file.path, line: 1, column: 1 },
    hint: `Applied with Flyway's checksum ${checksum}, now ${now}.`,
    next: "Put the file back as it was applied (your version control has it), or let Flyway take it as it is: flyway repair.",
  });
}
