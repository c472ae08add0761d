import { analyseMigration } from "./core/analyse-migration.js";
import type { AnalysedMigration } from "./core/analysed-migration.js";
import { checkCloses } from "./core/check-closes.js";
import type { PendingFile } from "./core/decide-contracts.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import { fillsOf } from "./core/fills-of.js";
import { FolderHistory } from "./core/lint/folder-history.js";
import { lintFaults, type LintFaultsInput, type LintScope } from "./core/lint/lint-faults.js";
import type { Migration, MigrationFile, Phase } from "./core/migration.js";
import { pendingFile } from "./core/pending-file.js";
import type { SqlParser } from "./core/ports.js";
import { phaseFaults } from "./core/phase-rules.js";
import { readMigration } from "./core/read-migration.js";

/** A file that is fit to run, with what its statements say. */
export interface JudgedFile {
  readonly analysed: AnalysedMigration;
  readonly pending: PendingFile;
  /** Of a contract: the backfills before it whose @verify must still be true (core/fills-of.ts). */
  fills(): readonly AnalysedMigration[];
}

/** Files of which an earlier run has done a part, by order, with the phase they had. */
export type HalfRun = ReadonlyMap<bigint, Phase>;

export interface JudgeOptions {
  readonly halfRun?: HalfRun;
  /** What the safety rules are asked of a file. Default everything; of a half-run file never more than losses. */
  readonly scopeOf?: (file: MigrationFile) => LintScope;
}

export type FileJudge = (files: readonly MigrationFile[], options?: JudgeOptions) => JudgedFile[];

/**
 * A judge that parses files and refuses what must not run. All faults of all files are thrown together, so that nothing runs
 * as long as one is left. A file it has judged before is not parsed again.
 * @param folder all files: a contract's @closes and the bodies of called routines are looked up there
 * @throws HoldfastError invalid_migration, sql_syntax, statement_not_supported, unsafe_statement, wrong_phase, contract_refused
 */
export function fileJudge(folder: readonly MigrationFile[], parser: SqlParser, now: Date): FileJudge {
  const known = new Map<string, JudgedFile>();
  return (files, { halfRun = NONE, scopeOf = everything } = {}) => {
    const history = new FolderHistory(folder, parser);
    const faults: HoldfastError[] = [];
    const judged = files.flatMap((file) => {
      const begunAs = halfRun.get(file.order);
      const wanted = scopeOf(file);
      const scope: LintScope = begunAs !== undefined && wanted === "everything" ? "losses" : wanted;
      const key = [file.order, begunAs ?? "whole", scope].join(" ");
      try {
        const verdict =
          known.get(key) ?? judgeFile(file, { folder, parser, begunAs, lint: { scope, history, folder, parser, now } });
        known.set(key, verdict);
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
const everything = (): LintScope => "everything";

interface Surroundings {
  readonly folder: readonly MigrationFile[];
  readonly parser: SqlParser;
  /** Set for a half-run file. */
  readonly begunAs: Phase | undefined;
  readonly lint: LintFaultsInput;
}

function judgeFile(file: MigrationFile, { folder, parser, begunAs, lint }: Surroundings): JudgedFile {
  const migration = readMigration(file);
  const read = analyseMigration(migration, parser, folder);
  const analysed = begunAs === undefined ? read : asBegun(read, begunAs);
  const closes = checkCloses(migration, folder);
  const faults = [...analysed.faults, ...(closes === undefined ? [] : [closes])];
  if (faults.length === 0) faults.push(...safetyFaults(analysed, lint));
  const fault = joinFaults(faults);
  if (fault !== undefined) throw fault;
  return {
    analysed,
    pending: pendingFile(analysed, parser, folder),
    fills: () => fillsOf(analysed, folder, parser),
  };
}

/** A statement to which a rule objects is not told of its phase besides. */
function safetyFaults(analysed: AnalysedMigration, lint: LintFaultsInput): HoldfastError[] {
  const unsafe = lintFaults(analysed, lint);
  const places = new Set(unsafe.map(placeOf));
  const misplaced = phaseFaults(analysed, lint.parser, lint.folder).filter((fault) => !places.has(placeOf(fault)));
  return [...unsafe, ...misplaced];
}

function placeOf({ details: { location } }: HoldfastError): string {
  return `${location?.line ?? 0}:${location?.column ?? 0}`;
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
