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
 * `2026_01_19` is 2026011900. A `V` in front is Flyway's: there the numbers between dots count one by one, so that `V1.2` comes
 * before `V1.10` and is the same as `V1_2` and `V1.2.0`. Both kinds never meet in one folder.
 * @throws RangeError for a text that is no version
 */
export function versionOrder(version: string): bigint {
  if (DOTTED.test(version)) return dottedOrder(version);
  if (!/^(\d+|\d{4}_\d{2}_\d{2}(_\d{2})?)$/.test(version)) throw new RangeError(`not a version: ${version}`);
  if (!version.includes("_")) return BigInt(version);
  const digits = version.replaceAll("_", "");
  return BigInt(digits.length === 8 ? `${digits}00` : digits);
}

const DOTTED_NUMBERS = 6;
const DOTTED_DIGITS = 18;
const DOTTED = /^V\d{1,18}(?:[._]\d{1,18}){0,5}$/;

/** Each number in digits of its own, and what is left out at the end counts as 0. */
function dottedOrder(version: string): bigint {
  const numbers = version.slice(1).split(/[._]/);
  const whole = Array.from({ length: DOTTED_NUMBERS }, (_, at) => (numbers[at] ?? "").padStart(DOTTED_DIGITS, "0"));
  return BigInt(whole.join(""));
}

/** Whether a text, for example the value of `@closes`, is spelled like a version: of Holdfast's own files, or another tool's. */
export function isVersion(text: string): boolean {
  return /^(\d{1,20}|\d{4}_\d{2}_\d{2}(_\d{2})?)$/.test(text) || DOTTED.test(text);
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
    next: `Name it like ${NAME_FORMS}, or give it another ending than .sql if it is no migration.${isAnotherTools(path) ? ANOTHER_TOOL : ""}`,
  });
}

/** As Flyway, golang-migrate and node-pg-migrate name theirs. */
function isAnotherTools(path: string): boolean {
  return /(?:^|[\\/])(?:[VRUB]\d*.*__.*|\d+_.*\.(?:up|down)|(?:\d{13}|\d{17})_.*)\.sql$/.test(path);
}

const ANOTHER_TOOL =
  "\nIf the folder is another tool's, say so: format in holdfast.json, or holdfast:format (holdfast adopt --help).";
