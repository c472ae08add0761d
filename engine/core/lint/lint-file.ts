import type { AnalysedMigration, PlacedStatement } from "../analysed-migration.js";
import { kindOf } from "../ast.js";
import type { MigrationFile, Section } from "../migration.js";
import type { SqlParser } from "../ports.js";
import { routinesKnownTo } from "../routines.js";
import { positionsIn } from "../source-location.js";
import type { StatementsToLint } from "./lint-statements.js";

/** A file of a folder that another tool runs. */
export interface PlainFile extends Pick<MigrationFile, "name" | "path" | "text" | "order"> {
  /** What the tool runs on the way up, within the file's text. */
  readonly up: Section;
  /** The tool puts the whole file into one transaction. False: each statement has its own, unless the file says BEGIN. */
  readonly isOneTransaction: boolean;
}

/** PostgreSQL of the databases this is meant for, where nobody says otherwise. RDS's newest major version counts. */
export const DEFAULT_SERVER = 17;

export interface LintSurroundings {
  readonly parser: SqlParser;
  /** All files of the folder: bodies of routines that earlier ones defined are found there. */
  readonly folder: readonly MigrationFile[] | readonly PlainFile[];
  /** Major version, 14 to 18. */
  readonly server: number;
}

/** A file of Holdfast's own grammar, as the runner runs it. */
export function ownFile(analysed: AnalysedMigration, { parser, folder, server }: LintSurroundings): StatementsToLint {
  const { migration, statements, execution } = analysed;
  const isOneTransaction = execution === "transaction" || execution === "contract";
  return {
    file: { order: migration.order, manner: "holdfast", phase: migration.phase, isOneTransaction, server },
    ...{ text: migration.text, isOneTransaction, statements, parser },
    routines: routinesKnownTo(migration, statements, folder, parser),
  };
}

/** Another tool's file. @throws SyntaxFault, its offset within `up` */
export function plainFile(file: PlainFile, { parser, folder, server }: LintSurroundings): StatementsToLint {
  const { text, up, order, isOneTransaction } = file;
  const statements = placedStatements(text, up, parser);
  return {
    file: { order, manner: "plain", phase: "expand", isOneTransaction, server },
    ...{ text, isOneTransaction, statements, parser },
    routines: routinesKnownTo(file, statements, folder, parser),
  };
}

export function placedStatements(text: string, section: Section, parser: SqlParser): PlacedStatement[] {
  const positionOf = positionsIn(text);
  return parser.parse(section.text).map(({ node, text: own, offset, end }) => ({
    ...{ text: own, offset: section.offset + offset, end: section.offset + end, node, kind: kindOf(node) },
    ...positionOf(section.offset + offset),
  }));
}
