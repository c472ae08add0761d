import type { AnalysedMigration } from "./analysed-migration.js";
import { leavesTraces } from "./session-traces.js";

/** Files that are sent together, each still with a transaction and a history row of its own. */
export interface PipelineGroup {
  readonly isPipeline: boolean;
  readonly files: readonly AnalysedMigration[];
}

/**
 * Cuts a run's files, in order, into pipelines and single files. A file joins a pipeline when it runs in a transaction,
 * shows all it does, and takes strong locks only on tables that this very run made: nobody else can hold those yet.
 */
export function groupForPipeline(files: readonly AnalysedMigration[]): PipelineGroup[] {
  const created = new Set<string>();
  const groups: { isPipeline: boolean; files: AnalysedMigration[] }[] = [];
  for (const file of files) {
    const isPipeline = canPipeline(file, created);
    const last = groups.at(-1);
    if (isPipeline && last?.isPipeline) last.files.push(file);
    else groups.push({ isPipeline, files: [file] });
    for (const name of createdBy(file)) created.add(name);
  }
  return groups;
}

/**
 * Whether a file may stand in a pipeline.
 * @param created names of tables made earlier in the run
 */
export function canPipeline(file: AnalysedMigration, created: ReadonlySet<string>): boolean {
  // Behind such a file the session is put in order, which no pipeline can do in its middle.
  if (leavesTraces(file)) return false;
  const known = new Set(created);
  return file.statements.every((statement) => {
    const isAlone = !statement.isOpaque && statement.locks.every((name) => known.has(name));
    for (const name of [...statement.creates, ...statement.createsTemporary]) known.add(name);
    return isAlone;
  });
}

/** After SET (search_path, role) a name may mean another table than the one that was made. */
function movesNames(kind: string): boolean {
  return kind === "VariableSetStmt";
}

/** Tables a file leaves behind. One that a dropping or renaming file touched does not count. */
function createdBy({ statements }: AnalysedMigration): string[] {
  const isSimple = statements.every(({ kind, isOpaque }) => !isOpaque && !movesNames(kind) && !REMOVING.has(kind));
  return isSimple ? statements.flatMap(({ creates }) => creates) : [];
}

const REMOVING: ReadonlySet<string> = new Set(["DropStmt", "RenameStmt", "AlterObjectSchemaStmt"]);
