import { HoldfastError } from "./errors.js";
import { parseMigrationName } from "./migration-name.js";
import type { MigrationName, Phase, VersionScheme } from "./migration.js";

const SECOND_MS = 1000;
const NUMBER_WIDTH = 4;

export interface NewMigration {
  /** Names of the files already in the folder. */
  readonly existing: readonly MigrationName[];
  /** `create users` or `create_users`. */
  readonly description: string;
  readonly phase: Phase;
  readonly now: Date;
  /** For the first file of a folder; later ones follow the folder. Default `number`. */
  readonly scheme?: VersionScheme;
}

/**
 * Name and text of the next migration of a folder, numbered as its other files are and above all of them. The text is a
 * frame: without SQL it is refused, so it cannot be deployed by mistake.
 * @throws HoldfastError invalid_usage where the description makes no file name
 */
export function newMigration(request: NewMigration): { name: string; text: string } {
  const words = request.description
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  const scheme = request.existing[0]?.scheme ?? request.scheme ?? "number";
  const name = NAMERS[scheme](request.existing, words, request.now);
  try {
    parseMigrationName(name);
  } catch (error) {
    throw new HoldfastError(
      "invalid_usage",
      `"${request.description}" makes no file name.`,
      {
        next: "Say what the migration does in letters and digits: holdfast new create_users.",
      },
      { cause: error },
    );
  }
  return { name, text: TEMPLATES[request.phase] };
}

type Namer = (existing: readonly MigrationName[], words: string, now: Date) => string;

const NAMERS: Readonly<Record<VersionScheme, Namer>> = {
  number: (existing, words) => {
    const width = Math.max(NUMBER_WIDTH, ...existing.map(({ version }) => version.length));
    return `${(highest(existing) + 1n).toString().padStart(width, "0")}_${words}.sql`;
  },
  timestamp: (existing, words, now) => {
    const last = existing.find(({ order }) => order === highest(existing));
    const earliest = last === undefined ? 0 : instantOf(last.version).getTime() + SECOND_MS;
    return `${digitsOf(new Date(Math.max(now.getTime(), earliest)), 14)}_${words}.sql`;
  },
  date: (existing, words, now) => {
    const today = BigInt(digitsOf(now, 8)) * 100n;
    const next = highest(existing) >= today ? highest(existing) + 1n : today;
    const [, year, month, day, number] = /^(\d{4})(\d{2})(\d{2})(\d{2})$/.exec(next.toString()) ?? [];
    const suffix = number === "00" ? "" : `_${number ?? ""}`;
    return `migration_${year ?? ""}_${month ?? ""}_${day ?? ""}${suffix}_${words}.sql`;
  },
};

function highest(existing: readonly MigrationName[]): bigint {
  return existing.reduce((top, { order }) => (order > top ? order : top), 0n);
}

/** In UTC, so that two machines number alike. */
function digitsOf(instant: Date, count: number): string {
  return instant.toISOString().replace(/\D/g, "").slice(0, count);
}

function instantOf(version: string): Date {
  return new Date(version.replace(/(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/, "$1-$2-$3T$4:$5:$6Z"));
}

const VERIFY = `
-- @verify
-- (queries that must return true once it is applied)
`;
const ROLLBACK = `
-- @rollback
-- (SQL back to the state before; or instead of both lines: -- @rollback restore <reason>)
`;

const TEMPLATES: Readonly<Record<Phase, string>> = {
  expand: `-- @phase expand\n-- @why   \n\n${VERIFY}${ROLLBACK}`,
  backfill: `-- @phase backfill
-- @why   
-- @batch table= key=id
-- UPDATE … SET … WHERE … AND id BETWEEN :from AND :to;
${VERIFY}${ROLLBACK}`,
  switch: `-- @phase switch\n-- @why   \n\n${VERIFY}${ROLLBACK}`,
  contract: `-- @phase contract\n-- @why   \n-- @closes \n\n${VERIFY}${ROLLBACK}`,
};
