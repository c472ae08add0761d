import { HoldfastError } from "./errors.js";
import type { MigrationName, VersionScheme } from "./migration.js";

const NUMBERED = /^(\d{1,9}|\d{14})_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/;
const DATED = /^migration_(\d{4}_\d{2}_\d{2}(?:_\d{2})?)_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/;
const TIMESTAMP_DIGITS = 14;

/** The forms a name can have, for messages and docs. */
export const NAME_FORMS =
  "0001_create_users.sql, 20260119093000_create_users.sql or migration_2026_01_19_create_users.sql (lower case, digits and _)";

/**
 * Reads a migration's file name.
 * @param path names the file in an error
 * @throws HoldfastError invalid_file_name
 */
export function parseMigrationName(name: string, path = name): MigrationName {
  const found = DATED.exec(name) ?? NUMBERED.exec(name);
  const version = found?.[1];
  const words = found?.[2];
  if (version === undefined || words === undefined) throw nameError(path, "is not the name of a migration");
  const scheme = schemeOf(version);
  if (!isRealInstant(version, scheme)) throw nameError(path, "has no real date in its version");
  return { version, order: versionOrder(version), scheme, description: words.replaceAll("_", " ") };
}

/**
 * The number by which versions are ordered and told apart: `0007` is 7, `2026_01_19_02` is 2026011902 and
 * `2026_01_19` is 2026011900.
 * @throws RangeError for a text that is no version
 */
export function versionOrder(version: string): bigint {
  if (!/^(\d+|\d{4}_\d{2}_\d{2}(_\d{2})?)$/.test(version)) throw new RangeError(`not a version: ${version}`);
  if (!version.includes("_")) return BigInt(version);
  const digits = version.replaceAll("_", "");
  return BigInt(digits.length === 8 ? `${digits}00` : digits);
}

/** Whether a text, for example the value of `@closes`, is spelled like a version. */
export function isVersion(text: string): boolean {
  return /^(\d{1,9}|\d{14}|\d{4}_\d{2}_\d{2}(_\d{2})?)$/.test(text);
}

function schemeOf(version: string): VersionScheme {
  if (version.includes("_")) return "date";
  return version.length === TIMESTAMP_DIGITS ? "timestamp" : "number";
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** By arithmetic: a Date for each of a thousand names is felt by a deploy that has nothing else to do. */
function isRealInstant(version: string, scheme: VersionScheme): boolean {
  if (scheme === "number") return true;
  const digits = version.replaceAll("_", "");
  const part = (from: number, length = 2): number => Number(digits.slice(from, from + length));
  const [year, month, day] = [part(0, 4), part(4), part(6)];
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && !isLeapYear ? 28 : (DAYS_IN_MONTH[month - 1] ?? 0);
  if (day < 1 || day > days) return false;
  return scheme === "date" || (part(8) < 24 && part(10) < 60 && part(12) < 60);
}

function nameError(path: string, fault: string): HoldfastError {
  return new HoldfastError("invalid_file_name", `${path} ${fault}.`, {
    location: { file: path, line: 1, column: 1 },
    next: `Name it like ${NAME_FORMS}, or give it another ending than .sql if it is no migration.`,
  });
}
