import type { LintFinding } from "../lint/lint-finding.js";
import { findingAt, isProse, isTestPath, type TextFile } from "./text-file.js";

/** How SQLite is asked for, each with what comes before it that makes it a setting and no mere word. */
const SIGNS: readonly RegExp[] = [
  // sqlite:///app.db, sqlite3:app.db, sqlite+aiosqlite:///app.db, jdbc:sqlite:app.db, sqlite::memory:
  /(?<![\w-])(?:jdbc:)?sqlite3?(?:\+\w+)?:(?:\/\/|:?memory:|[./])[^\s"'`]*/gi,
  // DATABASE_URL=file:./dev.db, databaseUrl: "file:dev.db", url = "file:./dev.db" of a Prisma schema
  /(?<![A-Za-z0-9])(?:\w*(?:database|db|sql|connection|datasource)\w*[_-]?(?:url|uri|dsn|string)|url)["'`]?\s*[:=]\s*["'`]?file:(?!\/\/\/?(?:etc|home|usr))[^\s"'`]*\.(?:db|sqlite3?)\b/gi,
  // provider = "sqlite" (Prisma), dialect: "sqlite" (Drizzle, Sequelize), client: "better-sqlite3" (Knex), adapter: sqlite3 (Rails)
  /(?<![\w.])["'`]?(?:provider|dialect|client|adapter|engine|type|driver)["'`]?\s*[:=]\s*["'`]?(?:better-|django\.db\.backends\.)?sqlite3?\b(?=["'`\s,;}]|$)/gim,
];

/** Settings of SQLite outside tests: production would start on an empty file that the next deploy throws away. */
export function sqliteFindings(file: TextFile): LintFinding[] {
  if (isTestPath(file.path) || isProse(file.path) || isLockFile(file.path)) return [];
  const places = SIGNS.flatMap((sign) => [...file.text.matchAll(sign)]).filter(
    ({ index }) => !isComment(file.text, index),
  );
  const findings = places.map(({ index }) =>
    findingAt(file, index, {
      rule: "sqlite-outside-tests",
      severity: "error",
      message: "SQLite is set as a database outside of tests.",
      fix: "Take a PostgreSQL address from DATABASE_URL; `holdfast local start dev` gives one on this machine.",
    }),
  );
  return findings.filter(({ line }, at) => findings.findIndex((other) => other.line === line) === at);
}

function isLockFile(path: string): boolean {
  return /(^|\/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock|go\.sum|poetry\.lock|Gemfile\.lock|uv\.lock)$/.test(
    path,
  );
}

function isComment(text: string, offset: number): boolean {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^\s*(#|\/\/|--|\*|\/\*)/.test(before);
}
