import { analyseMigration } from "../analyse-migration.js";
import type { AnalysedMigration, AnalysedStatement } from "../analysed-migration.js";
import { asNodes, fieldsOf } from "../ast.js";
import { HoldfastError } from "../errors.js";
import type { FolderHistory } from "../lint/folder-history.js";
import { DEFAULT_SERVER, ownFile } from "../lint/lint-file.js";
import { lintStatements } from "../lint/lint-statements.js";
import { checksumOf } from "../normalise-text.js";
import type { MigrationFile } from "../migration.js";
import type { SqlParser } from "../ports.js";
import { readMigration } from "../read-migration.js";
import { readTags } from "../read-tags.js";
import { splitAlterTable } from "../split-alter-table.js";
import type { FixStep, StatementFix } from "./fix-step.js";
import { FIXERS } from "./fixers.js";

/** A file with its unsafe statements taken apart. */
export interface FixedFile {
  /** What stays in the file itself, without header and sections; undefined: none of its statements. */
  readonly body: string | undefined;
  /** How what the fix left in place is undone, last first; undefined where other statements stay, too. */
  readonly rollback: string | undefined;
  /** In the order in which they are to run. */
  readonly later: readonly FixStep[];
  /** Statements that nobody but a person can take apart, and why. */
  readonly left: readonly { readonly line: number; readonly rule: string; readonly reason: string }[];
}

export interface FixSurroundings {
  readonly folder: readonly MigrationFile[];
  readonly parser: SqlParser;
  readonly history: FolderHistory;
}

/** Undefined where the file cannot be read, or nothing in it is an error. */
export function fixFile(file: MigrationFile, around: FixSurroundings): FixedFile | undefined {
  const whole = analysed(file, around);
  if (whole === undefined || whole.migration.phase === "contract") return undefined;
  // What one ALTER TABLE does at once is judged command by command.
  const apart = withText(file, splitCommands(whole, around.parser));
  const parts = analysed(apart, around);
  if (parts === undefined) return undefined;
  const { plans, left } = plan(parts, around);
  if (plans.size === 0 && left.length === 0) return undefined;
  return assemble(parts, plans, left);
}

function analysed(file: MigrationFile, { parser, folder }: FixSurroundings): AnalysedMigration | undefined {
  try {
    const read = analyseMigration(readMigration(file), parser, folder);
    return read.faults.length === 0 ? read : undefined;
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

function withText(file: MigrationFile, text: string): MigrationFile {
  return { ...file, text, checksum: checksumOf(text) };
}

function splitCommands({ migration, statements }: AnalysedMigration, parser: SqlParser): string {
  return replaceFromBehind(migration.text, statements, (statement) => {
    const commands = statement.kind === "AlterTableStmt" ? asNodes(fieldsOf(statement.node)["cmds"]).length : 1;
    return commands === 1 ? undefined : splitAlterTable(statement.text, parser, commands)?.join(";\n");
  });
}

type Left = FixedFile["left"][number];

function plan(file: AnalysedMigration, around: FixSurroundings) {
  const plans = new Map<number, StatementFix>();
  const left = new Map<number, Left>();
  const source = ownFile(file, { ...around, server: DEFAULT_SERVER });
  lintStatements(
    source,
    around.history.before(file.migration.order),
    ({ rule, violation, index, inside }, statement) => {
      if ((violation.severity ?? rule.severity) !== "error" || plans.has(index)) return;
      const fixer = inside === undefined && statement.around.length === 0 ? FIXERS[rule.id] : undefined;
      const fix = fixer?.(statement) ?? "it has to be written anew by a person";
      if (typeof fix !== "string") {
        plans.set(index, fix);
        left.delete(index);
      } else left.set(index, { line: file.statements[index]?.line ?? 1, rule: rule.id, reason: fix });
    },
  );
  return { plans, left: [...left.values()] };
}

const ORDER = ["expand", "backfill", "switch", "contract"];

function assemble(file: AnalysedMigration, plans: ReadonlyMap<number, StatementFix>, left: readonly Left[]): FixedFile {
  const { migration, statements } = file;
  const indexOf = new Map(statements.map((statement, index) => [statement, index]));
  const planOf = (statement: AnalysedStatement): StatementFix | undefined => plans.get(indexOf.get(statement) ?? -1);
  const text = replaceFromBehind(migration.text, statements, (statement) => {
    const fix = planOf(statement);
    return fix && (fix.inPlace ?? "");
  });
  const stays = statements.some((statement) => planOf(statement)?.inPlace !== undefined);
  const untouched = statements.some((statement) => planOf(statement) === undefined);
  const start = migration.body.offset;
  const end = text.length - (migration.text.length - (migration.body.offset + migration.body.text.length));
  const isEmpty = !untouched && !stays;
  const rollbacks = [...plans.values()].flatMap(({ inPlaceRollback }) => inPlaceRollback ?? []).reverse();
  return {
    body: isEmpty ? undefined : withoutHeader(text.slice(start, end)),
    rollback: untouched ? undefined : rollbacks.join("\n"),
    later: [...plans.values()]
      .flatMap(({ later }) => later)
      .sort((a, b) => ORDER.indexOf(a.phase) - ORDER.indexOf(b.phase)),
    left,
  };
}

/** Tags are written anew; everything else stays as it is, above all what stands inside strings and function bodies. */
function withoutHeader(body: string): string {
  return readTags(body)
    .filter(({ isAlone }) => isAlone)
    .reverse()
    .reduce((so, { lineOffset, lineEnd }) => so.slice(0, lineOffset) + so.slice(lineEnd), body)
    .trim();
}

/** Puts other texts in the place of statements, their semicolons included; undefined leaves one as it is. */
function replaceFromBehind(
  text: string,
  statements: readonly AnalysedStatement[],
  replacement: (statement: AnalysedStatement) => string | undefined,
): string {
  return [...statements].reverse().reduce((so, statement) => {
    const put = replacement(statement);
    if (put === undefined) return so;
    // Nothing is left of its line, either.
    const rest = so.slice(statement.end).replace(put === "" ? /^\s*;[ \t]*\n?/ : /^\s*;/, "");
    return so.slice(0, statement.offset) + (put === "" || put.endsWith(";") ? put : `${put};`) + rest;
  }, text);
}
