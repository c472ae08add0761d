import { fixFile, type FixedFile } from "./core/fix/fix-file.js";
import { writeFix, type FileChange } from "./core/fix/write-fix.js";
import { FolderHistory } from "./core/lint/folder-history.js";
import { parseMigrationName } from "./core/migration-name.js";
import type { Migration, MigrationFile } from "./core/migration.js";
import { printName, subjectsOf } from "./core/named-objects.js";
import { checksumOf } from "./core/normalise-text.js";
import { SyntaxFault, type AstNode, type SqlParser } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import { lintFolder } from "./lint.js";

export interface FixRequest {
  readonly files: readonly MigrationFile[];
  readonly parser: SqlParser;
  readonly now: Date;
  /** Names of the files to fix; all with an error by default. Files that ran anywhere must not be among them. */
  readonly only?: ReadonlySet<string>;
}

export interface FileFix {
  /** The file's name. */
  readonly file: string;
  /** The file itself first, then those that follow it; empty where nothing could be split. */
  readonly changes: readonly FileChange[];
  readonly left: FixedFile["left"];
}

/**
 * Takes unsafe files apart into the safe sequence, where that is mechanical. Changes nothing on disk; what it gives has been judged
 * again, and is only given where no error is left in the new texts that was not there before.
 */
export function fixFolder(request: FixRequest): FileFix[] {
  let { files } = request;
  const fixes: FileFix[] = [];
  for (const file of request.files) {
    if (request.only !== undefined && !request.only.has(file.name)) continue;
    const fix = fixOne(file, { ...request, files });
    if (fix === undefined) continue;
    fixes.push(fix);
    files = withChanges(files, fix.changes);
  }
  return fixes;
}

function fixOne(file: MigrationFile, { files, parser, now }: FixRequest): FileFix | undefined {
  const fixed = fixFile(file, { folder: files, parser, history: new FolderHistory(files, parser) });
  if (fixed === undefined) return undefined;
  const nothing = (reason: string): FileFix => ({
    file: file.name,
    changes: [],
    left: [{ line: 1, rule: "", reason }],
  });
  if (fixed.later.length === 0) return { file: file.name, changes: [], left: fixed.left };
  const dependent = laterUser(file, fixed, files, parser);
  if (dependent !== undefined) return nothing(dependent);
  const changes = writeFix(readMigration(file), fixed, files, now);
  const errors = newErrors(files, changes, parser, now);
  if (errors > fixed.left.length) return nothing("what it would become is not safe either: write it anew");
  return { file: file.name, changes, left: fixed.left };
}

/** What a fix puts off, a later file must not count on: one that only writes a name of its tables down is enough. */
function laterUser(
  file: MigrationFile,
  { later }: FixedFile,
  files: readonly MigrationFile[],
  parser: SqlParser,
): string | undefined {
  const moved = subjectsOf(later.flatMap(({ body }) => nodesOf(body.replaceAll(/:(from|to)\b/g, "NULL"), parser)));
  for (const other of files.filter(({ order }) => order > file.order)) {
    const words = new Set(other.text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu));
    const shared = moved.find(({ name }) => words.has(name.toLowerCase()));
    if (shared !== undefined) return `${other.name} comes after it and names ${printName(shared)}, too`;
  }
  return undefined;
}

function nodesOf(sql: string, parser: SqlParser): AstNode[] {
  try {
    return parser.parse(sql).map(({ node }) => node);
  } catch (error) {
    if (error instanceof SyntaxFault) return [];
    throw error;
  }
}

function newErrors(
  files: readonly MigrationFile[],
  changes: readonly FileChange[],
  parser: SqlParser,
  now: Date,
): number {
  const only = new Set(changes.map(({ name }) => name));
  const { findings } = lintFolder({ files: withChanges(files, changes), parser, now, only });
  return findings.filter(({ severity }) => severity === "error").length;
}

function withChanges(files: readonly MigrationFile[], changes: readonly FileChange[]): MigrationFile[] {
  const folder = files[0]?.path.slice(0, -files[0].name.length) ?? "";
  const changed = changes.map(({ name, after }): Migration | MigrationFile => {
    const parsed = parseMigrationName(name);
    return { ...parsed, name, path: `${folder}${name}`, text: after, checksum: checksumOf(after) };
  });
  const rest = files.filter(({ name }) => changes.every((change) => change.name !== name));
  return [...rest, ...changed].sort((a, b) => (a.order < b.order ? -1 : 1));
}
