import { analyseMigration } from "./core/analyse-migration.js";
import type { AnalysedMigration } from "./core/analysed-migration.js";
import { checkCloses } from "./core/check-closes.js";
import type { PendingFile } from "./core/decide-contracts.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import type { MigrationFile } from "./core/migration.js";
import { pendingFile } from "./core/pending-file.js";
import type { SqlParser } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import { unsafeStatements } from "./core/unsafe-statements.js";

/** A file that is fit to run, with what its statements say. */
export interface JudgedFile {
  readonly analysed: AnalysedMigration;
  readonly pending: PendingFile;
}

export type FileJudge = (files: readonly MigrationFile[]) => JudgedFile[];

/**
 * A judge that parses files and refuses what must not run. All faults of all files are thrown together, so that nothing runs
 * as long as one is left. A file it has judged before is not parsed again.
 * @param folder all files: a contract's @closes and the bodies of called routines are looked up there
 * @throws HoldfastError invalid_migration, sql_syntax, statement_not_supported, unsafe_statement, contract_refused
 */
export function fileJudge(folder: readonly MigrationFile[], parser: SqlParser): FileJudge {
  const known = new Map<MigrationFile, JudgedFile>();
  return (files) => {
    const faults: HoldfastError[] = [];
    const judged = files.flatMap((file) => {
      try {
        const verdict = known.get(file) ?? judgeFile(file, folder, parser);
        known.set(file, verdict);
        return verdict;
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        faults.push(error);
        return [];
      }
    });
    const fault = joinFaults(faults.flatMap((one) => [one, ...(one.details.faults ?? [])]));
    if (fault !== undefined) throw fault;
    return judged;
  };
}

function judgeFile(file: MigrationFile, folder: readonly MigrationFile[], parser: SqlParser): JudgedFile {
  const migration = readMigration(file);
  const analysed = analyseMigration(migration, parser);
  const closes = checkCloses(migration, folder);
  const faults = [...analysed.faults, ...(closes === undefined ? [] : [closes])];
  if (faults.length === 0) faults.push(...unsafeStatements(analysed, parser, folder));
  const fault = joinFaults(faults);
  if (fault !== undefined) throw fault;
  return { analysed, pending: pendingFile(analysed, parser, folder) };
}
