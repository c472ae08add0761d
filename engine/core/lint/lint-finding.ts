/** Only errors stop a deploy; a warning is told, an info is told where somebody asks for the linter itself. */
export type Severity = "error" | "warning" | "info";

/** What a rule says of one statement. */
export interface LintFinding {
  /** Kebab-case: the rule's file, its page `docs/rules/<rule>.md`, and what a comment that allows it names. */
  readonly rule: string;
  readonly severity: Severity;
  /** As a person names it: the folder as given, and the name. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** One sentence: what the statement does to whom. */
  readonly message: string;
  /** The safe form, with the user's own names filled in: SQL, or what to do in the imperative. */
  readonly fix?: string;
}
