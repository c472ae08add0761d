import { analyseMigration } from "./core/analyse-migration.js";
import type { AnalysedMigration } from "./core/analysed-migration.js";
import { checkCloses } from "./core/check-closes.js";
import type { PendingFile } from "./core/decide-contracts.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import { fillsOf } from "./core/fills-of.js";
import type { Migration, MigrationFile, Phase } from "./core/migration.js";
import { pendingFile } from "./core/pending-file.js";
import type { SqlParser } from "./core/ports.js";
import { phaseFaults } from "./core/phase-rules.js";
import { readMigration } from "./core/read-migration.js";
import { unsafeStatements } from "./core/unsafe-statements.js";

/** A file that is fit to run, with what its statements say. */
export interface JudgedFile {
  readonly analysed: AnalysedMigration;
  readonly pending: PendingFile;
  /** Of a contract: the backfills before it whose @verify must still be true (core/fills-of.ts). */
  fills(): readonly AnalysedMigration[];
}

/** Files of which an earlier run has done a part, by order, with the phase they had. */
export type HalfRun = ReadonlyMap<bigint, Phase>;

export type FileJudge = (files: readonly MigrationFile[], halfRun?: HalfRun) => JudgedFile[];

/**
 * A judge that parses files and refuses what must not run. All faults of all files are thrown together, so that nothing runs
 * as long as one is left. A file it has judged before is not parsed again.
 * @param folder all files: a contract's @closes and the bodies of called routines are looked up there
 * @throws HoldfastError invalid_migration, sql_syntax, statement_not_supported, unsafe_statement, wrong_phase, contract_refused
 */
export function fileJudge(folder: readonly MigrationFile[], parser: SqlParser): FileJudge {
  const known = { whole: new Map<MigrationFile, JudgedFile>(), halfRun: new Map<MigrationFile, JudgedFile>() };
  return (files, halfRun = NONE) => {
    const faults: HoldfastError[] = [];
    const judged = files.flatMap((file) => {
      const begunAs = halfRun.get(file.order);
      const verdicts = begunAs === undefined ? known.whole : known.halfRun;
      try {
        const verdict = verdicts.get(file) ?? judgeFile(file, { folder, parser, begunAs });
        verdicts.set(file, verdict);
        return verdict;
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        faults.push(error);
        return [];
      }
    });
    const fault = joinFaults(faults);
    if (fault !== undefined) throw fault;
    return judged;
  };
}

const NONE: HalfRun = new Map();

interface Surroundings {
  readonly folder: readonly MigrationFile[];
  readonly parser: SqlParser;
  /** Set for a half-run file. */
  readonly begunAs: Phase | undefined;
}

function judgeFile(file: MigrationFile, { folder, parser, begunAs }: Surroundings): JudgedFile {
  const migration = readMigration(file);
  const read = analyseMigration(migration, parser, folder);
  const analysed = begunAs === undefined ? read : asBegun(read, begunAs);
  const closes = checkCloses(migration, folder);
  const faults = [...analysed.faults, ...(closes === undefined ? [] : [closes])];
  if (faults.length === 0)
    faults.push(...unsafeStatements(analysed, parser, folder), ...phaseFaults(analysed, parser, folder));
  const fault = joinFaults(faults);
  if (fault !== undefined) throw fault;
  return {
    analysed,
    pending: pendingFile(analysed, parser, folder),
    fills: () => fillsOf(analysed, folder, parser),
  };
}

/**
 * A half-run file goes on as it began, or what is done of it would be done again. One that ran statement by statement still
 * does so when an edit took the last of them out that cannot have a transaction.
 */
function asBegun(analysed: AnalysedMigration, begunAs: Phase): AnalysedMigration {
  const fault = phaseFault(analysed.migration, begunAs);
  if (fault !== undefined) return { ...analysed, faults: [...analysed.faults, fault] };
  return analysed.execution === "transaction" ? { ...analysed, execution: "outside" } : analysed;
}

function phaseFault({ path, phase }: Migration, begunAs: Phase): HoldfastError | undefined {
  if (phase === begunAs || [phase, begunAs].every((one) => one === "expand" || one === "switch")) return undefined;
  return new HoldfastError(
    "checksum_mismatch",
    `${path} is half-run: it was begun as ${begunAs}, and is now ${phase}.`,
    {
      location: { file: path, line: 1, column: 1 },
      next: `Make it a file of phase ${begunAs} again (your version control has it), and write what should differ as a new file.`,
    },
  );
}
