import type { Fields } from "../ast.js";
import type { Phase } from "../migration.js";
import type { AstNode } from "../ports.js";
import type { Severity } from "./lint-finding.js";
import type { Schema } from "./schema/schema.js";
import type { TransactionSoFar } from "./transactions.js";

/**
 * What a rule protects from.
 * - `loss`: rows or values are gone, or overwritten.
 * - `break`: the release still running fails, or its later writes do.
 * - `stall`: reads or writes wait for work that grows with the table.
 * - `failure`: the statement, or a second run of it, fails or does something else than it says.
 * - `unread`: nobody can tell before it runs.
 * - `practice`: security, style, advice.
 */
export type Harm = "loss" | "break" | "stall" | "failure" | "unread" | "practice";

/** How the file at hand is run. */
export interface LintedFile {
  readonly order: bigint;
  /** `holdfast`: phases, and transactions are the runner's. `plain`: another tool's, as that tool would run it. */
  readonly manner: "holdfast" | "plain";
  /** Expand for a plain file. */
  readonly phase: Phase;
  /** Plain only: the tool wraps the whole file in one transaction. */
  readonly isOneTransaction: boolean;
  /** Major version of the server: 14 to 18. */
  readonly server: number;
}

/** A statement as a rule sees it: of the file itself, inside a body it runs, or nested in another statement. */
export interface JudgedStatement {
  readonly kind: string;
  readonly fields: Fields;
  readonly node: AstNode;
  /** The text of the file's statement it stands in. */
  readonly text: string;
  /** In a DO block or routine that the file's statement runs: `the DO block`, `function purge`. */
  readonly inside?: string;
  /** It stands in a loop of a body in which nothing commits. */
  readonly isRepeated: boolean;
  /** A body that it runs says COMMIT or ROLLBACK. */
  readonly endsTransaction: boolean;
  /** Kinds of the statements around it, outermost first: `ExplainStmt`, `CopyStmt`, `PrepareStmt`, `SelectStmt` (of a CTE). */
  readonly around: readonly AstNode[];
  /** As it is before this statement: what the earlier files and statements made. */
  readonly schema: Schema;
  /** What ran before it in the same transaction, and how that began. */
  readonly transaction: TransactionSoFar;
  readonly file: LintedFile;
  /** All statements of the file at its top level, in order; this one's is at `index`. */
  readonly statements: readonly AstNode[];
  readonly index: number;
}

/** What a rule found in one statement. */
export interface Violation {
  /** Starts in lower case where it continues «the statement …»; the linter writes the subject in front. */
  readonly message: string;
  readonly fix?: string;
  /** In place of the rule's own. */
  readonly severity?: Severity;
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly harm: Harm;
  /** What the index of rules says: one line, no full stop. */
  readonly about: string;
  /** Kinds of PostgreSQL's parser it looks at: `AlterTableStmt`. */
  readonly kinds: readonly string[];
  /** What a contract is for: not asked in one. The engine retires, copies and asks for approval there. */
  readonly isContractsWork?: boolean;
  /** Asked only of a file that another tool runs: our runner takes care of it. */
  readonly isRunnersWork?: boolean;
  /** Empty where the statement is fine. */
  check(statement: JudgedStatement): readonly Violation[];
}
