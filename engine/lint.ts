import { analyseMigration } from "./core/analyse-migration.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import { findForeignLines } from "./core/foreign-lines.js";
import { faultFindings } from "./core/lint/fault-finding.js";
import { judgeFindings, type AllowedFinding, type FileVerdict } from "./core/lint/judge-findings.js";
import { DEFAULT_SERVER, ownFile, plainFile, type LintSurroundings, type PlainFile } from "./core/lint/lint-file.js";
import type { LintFinding } from "./core/lint/lint-finding.js";
import type { MaybeVerdict } from "./core/lint/lint-memory.js";
import { lintStatements, replayStatements, type StatementsToLint } from "./core/lint/lint-statements.js";
import { Schema } from "./core/lint/schema/schema.js";
import type { MigrationFile } from "./core/migration.js";
import { phaseFaults } from "./core/phase-rules.js";
import { SyntaxFault, type SqlParser } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import { pointAt } from "./core/source-location.js";

export interface LintRequest {
  /** All files of the folder, in order: earlier ones are the history that later ones are judged by. */
  readonly files: readonly MigrationFile[] | readonly PlainFile[];
  readonly parser: SqlParser;
  /** Allowances expire. */
  readonly now: Date;
  /** Names of the files whose findings are wanted; all by default. */
  readonly only?: ReadonlySet<string>;
  /** Major version of the server, 14 to 18. Default 17. */
  readonly server?: number;
}

export interface LintReport {
  /** In the order of the files, and within one by place. */
  readonly findings: readonly LintFinding[];
  /** What comments in the files allow for the time being. */
  readonly allowed: readonly AllowedFinding[];
  /** How many files were judged. */
  readonly judged: number;
}

/** Judges a folder by the safety rules, without a database. Never throws for what stands in a file: that is a finding. */
export function lintFolder(request: LintRequest): LintReport {
  return lintReport(lintFrom(0, new Schema(), request));
}

/**
 * Judges the files from a position on.
 * @param schema as the files before leave it; it is left as all files leave it
 */
export function lintFrom(position: number, schema: Schema, request: LintRequest): MaybeVerdict[] {
  const { files, parser, now, only, server = DEFAULT_SERVER } = request;
  const surroundings = { parser, folder: files, server };
  return files.slice(position).map((file) => {
    if (only === undefined || only.has(file.name)) return judge(file, surroundings, schema, now);
    replayOnly(file, surroundings, schema);
    return null;
  });
}

export function lintReport(verdicts: readonly MaybeVerdict[]): LintReport {
  const wanted = verdicts.flatMap((verdict) => verdict ?? []);
  return {
    findings: wanted.flatMap(({ findings }) => findings),
    allowed: wanted.flatMap(({ allowed }) => allowed),
    judged: wanted.length,
  };
}

function judge(file: MigrationFile | PlainFile, around: LintSurroundings, schema: Schema, now: Date): FileVerdict {
  const read = readFile(file, around);
  if (read instanceof HoldfastError) return { findings: faultFindings(read, file.path), allowed: [] };
  const { source, misplaced } = read;
  const { file: linted, statements } = source;
  const verdict = judgeFindings(lintStatements(source, schema), { source: file, file: linted, statements, now });
  return { ...verdict, findings: [...verdict.findings, ...besides(verdict.findings, misplaced, file.path)] };
}

/** A statement to which a rule objects is not told of its phase besides. */
function besides(findings: readonly LintFinding[], misplaced: readonly HoldfastError[], path: string): LintFinding[] {
  const told = new Set(findings.filter(({ severity }) => severity === "error").map(placeOf));
  return misplaced.flatMap((fault) => faultFindings(fault, path)).filter((finding) => !told.has(placeOf(finding)));
}

function placeOf({ line, column }: LintFinding): string {
  return `${line}:${column}`;
}

function replayOnly(file: MigrationFile | PlainFile, around: LintSurroundings, schema: Schema): void {
  const read = readFile(file, around);
  if (!(read instanceof HoldfastError)) replayStatements(read.source, schema);
}

interface ReadFile {
  readonly source: StatementsToLint;
  /** What stands in the wrong phase; a file of another tool has none. */
  readonly misplaced: readonly HoldfastError[];
}

function readFile(file: MigrationFile | PlainFile, around: LintSurroundings): ReadFile | HoldfastError {
  try {
    if ("up" in file) return { source: plainFile(file, around), misplaced: [] };
    const analysed = analyseMigration(readMigration(file), around.parser, around.folder);
    const fault = joinFaults(analysed.faults);
    if (fault !== undefined) return fault;
    return { source: ownFile(analysed, around), misplaced: phaseFaults(analysed, around.parser, around.folder) };
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    if (error instanceof SyntaxFault && "up" in file) return findForeignLines(file)[0] ?? syntaxFault(file, error);
    throw error;
  }
}

function syntaxFault(file: PlainFile, { message, offset }: SyntaxFault): HoldfastError {
  const place = pointAt(file, file.up.offset + offset);
  return new HoldfastError("sql_syntax", `${message}.`, { ...place, next: "Correct the SQL." });
}
