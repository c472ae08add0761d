import { analyseMigration } from "./analyse-migration.js";
import type { AnalysedMigration } from "./analysed-migration.js";
import { HoldfastError } from "./errors.js";
import { versionOrder } from "./migration-name.js";
import type { Migration, MigrationFile } from "./migration.js";
import { sharedObject, subjectsOf } from "./named-objects.js";
import type { SqlParser } from "./ports.js";
import { readMigration } from "./read-migration.js";

/**
 * The backfills between a contract's expand and itself that work on the same tables: what they filled is all that stays of what
 * the contract takes away. None for a file that is no contract.
 * @param folder all files; one that cannot be read is a fault of its own
 */
export function fillsOf(
  { migration, statements }: AnalysedMigration,
  folder: readonly MigrationFile[],
  parser: SqlParser,
): AnalysedMigration[] {
  if (migration.closes === undefined) return [];
  const expand = versionOrder(migration.closes);
  const subjects = subjectsOf(statements.map(({ node }) => node));
  return folder
    .filter(({ order, text }) => order > expand && order < migration.order && text.includes("@batch"))
    .flatMap((file) => readOrNone(file) ?? [])
    .filter(({ phase }) => phase === "backfill")
    .map((backfill) => analyseMigration(backfill, parser))
    .filter((one) => sharedObject(subjectsOf(one.statements.map(({ node }) => node)), subjects) !== undefined);
}

function readOrNone(file: MigrationFile): Migration | undefined {
  try {
    return readMigration(file);
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}
