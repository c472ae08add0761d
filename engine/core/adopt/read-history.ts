import { HoldfastError } from "../errors.js";
import { flywayHistory } from "./flyway-history.js";
import { prismaHistory } from "./prisma-history.js";
import type { Tool, ToolFile } from "./tool-folder.js";
import type { Claim, HistoryReader, ToolHistory } from "./tool-history.js";

/** What a tool has applied, held against the folder. */
export interface Adoptable {
  /** Files that have been applied, by version. */
  readonly applied: readonly ToolFile[];
  /** adopt_refused, migration_missing, checksum_mismatch, out_of_order. */
  readonly faults: readonly HoldfastError[];
}

const READERS: Readonly<Record<Tool, HistoryReader>> = {
  dbmate: ({ rows }, files) =>
    rows.map(({ version }) =>
      claim(
        version,
        files.find((file) => file.version === version),
      ),
    ),
  "golang-migrate": golangHistory,
  flyway: flywayHistory,
  "node-pg-migrate": ({ rows }, files) =>
    rows.map(({ name }) =>
      claim(
        name,
        files.find((file) => file.name === `${name ?? ""}.sql`),
      ),
    ),
  prisma: prismaHistory,
};

/**
 * Reads which files of a folder its tool has applied.
 * @param isKnown whether Holdfast's own history has the file: then it is not late
 */
export function readHistory(
  history: ToolHistory,
  files: readonly ToolFile[],
  isKnown: (file: ToolFile) => boolean,
): Adoptable {
  const faults: HoldfastError[] = [];
  const claims = READERS[history.tool](history, files, (fault) => faults.push(fault));
  faults.push(...claims.flatMap(({ shown, file }) => (file === undefined ? missing(history, shown) : [])));
  const claimed = new Set(claims.flatMap(({ file }) => file ?? []));
  const applied = files.filter((file) => claimed.has(file));
  const last = applied.at(-1);
  const late = files.filter(
    (file) => last !== undefined && file.order < last.order && !claimed.has(file) && !isKnown(file),
  );
  if (last !== undefined) faults.push(...late.map((file) => outOfOrder(history, file, last)));
  return { applied, faults };
}

function claim(shown: string | null | undefined, file: ToolFile | undefined): Claim {
  return { shown: shown ?? "", file };
}

/** One row: the version the database is at. */
function golangHistory(
  { table, rows: [row] }: ToolHistory,
  files: readonly ToolFile[],
  fault: (error: HoldfastError) => void,
): Claim[] {
  if (row === undefined) return [];
  const { version, dirty } = row;
  const shown = version ?? "";
  if (dirty === "true") {
    const message = `${table} is dirty at version ${shown}: golang-migrate began that file and did not finish it.`;
    fault(new HoldfastError("adopt_refused", message, { next: DIRTY }));
  }
  if (!/^\d+$/.test(shown)) return [];
  const last = files.find(({ order }) => order === BigInt(shown));
  const upTo = files.filter(({ order }) => order < BigInt(shown));
  return [...upTo, last].map((file) => claim(shown, file));
}

const DIRTY =
  "Look what of the file has happened, put the database right, and say where it stands: migrate force <version>. Then adopt again.";

function missing({ tool, table }: ToolHistory, shown: string): HoldfastError {
  return new HoldfastError(
    "migration_missing",
    `${tool} has applied ${shown} (${table}), but its file is not in the folder.`,
    {
      next: "Put the file back as it was applied (your version control has it), or name the right folder with --dir.",
    },
  );
}

function outOfOrder({ tool }: ToolHistory, file: ToolFile, last: ToolFile): HoldfastError {
  return new HoldfastError(
    "out_of_order",
    `${file.path} comes too late: ${tool} has not applied it, but ${last.name}, which is higher.`,
    {
      location: { file: file.path, line: 1, column: 1 },
      next: `Let ${tool} apply it first, or give it a version above ${last.version}.`,
    },
  );
}
