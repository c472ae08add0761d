import type { AnalysedMigration } from "../analysed-migration.js";
import { HoldfastError } from "../errors.js";
import type { MigrationFile } from "../migration.js";
import type { SqlParser } from "../ports.js";
import { lineColumnOffset, pointAt } from "../source-location.js";
import type { FolderHistory } from "./folder-history.js";
import { judgeFindings } from "./judge-findings.js";
import { DEFAULT_SERVER, ownFile } from "./lint-file.js";
import type { LintFinding } from "./lint-finding.js";
import { lintStatements } from "./lint-statements.js";
import type { Harm, Rule } from "./rule.js";

/**
 * What a deploy asks the rules: everything; of a file that finds no rows and no clients, since the database was empty when the
 * run began, or that has run in part, only what it would destroy or take away; of one that has run, nothing.
 */
export type LintScope = "everything" | "losses" | "nothing";

const LOSSES: ReadonlySet<Harm> = new Set(["loss", "unread"]);

/** What only a contract may do stays its work, wherever it runs. */
function isLoss({ harm, isContractsWork }: Rule): boolean {
  return LOSSES.has(harm) || isContractsWork === true;
}

export interface LintFaultsInput {
  readonly scope: LintScope;
  readonly history: FolderHistory;
  readonly folder: readonly MigrationFile[];
  readonly parser: SqlParser;
  readonly now: Date;
}

/** The findings that stop a deploy: unsafe_statement errors, in order of their places. */
export function lintFaults(analysed: AnalysedMigration, input: LintFaultsInput): HoldfastError[] {
  const { scope, history, folder, parser, now } = input;
  if (scope === "nothing") return [];
  const { migration, statements } = analysed;
  const source = ownFile(analysed, { parser, folder, server: DEFAULT_SERVER });
  const found = lintStatements(source, history.before(migration.order));
  const asked = scope === "everything" ? found : found.filter(({ rule }) => isLoss(rule));
  const { findings } = judgeFindings(asked, { source: migration, file: source.file, statements, now });
  return findings.filter(({ severity }) => severity === "error").map((finding) => faultOf(migration, finding));
}

function faultOf(migration: MigrationFile, { line, column, message, rule, fix }: LintFinding): HoldfastError {
  const sentence = message.charAt(0).toLowerCase() + message.slice(1);
  return new HoldfastError("unsafe_statement", `${migration.path}:${line}:${column}: ${sentence}`, {
    ...pointAt(migration, lineColumnOffset(migration.text, { line, column })),
    hint: `rule ${rule}`,
    ...(fix !== undefined && { next: fix }),
  });
}
