/** One migration, and what a rule is to say of it. */
export interface RuleRow {
  /** Files before it, in order; a text alone is one file. They make the old tables. */
  readonly history?: string | readonly string[];
  /** The file that is judged, with its tags where it needs any. */
  readonly sql: string;
  /** Another tool's folder: each statement has its own transaction, unless the file says BEGIN. Default `holdfast`. */
  readonly manner?: "holdfast" | "plain";
  /** Plain only: the tool puts the whole file into one transaction. Default false. */
  readonly isOneTransaction?: boolean;
  /** Major version of the server. */
  readonly server?: number;
  /** What the finding's message says. */
  readonly says?: RegExp;
  /** What the finding's fix holds: the user's own names. */
  readonly fix?: RegExp;
  /** How many findings of the rule; default 1 for an unsafe row. */
  readonly times?: number;
}

export interface RuleRows {
  readonly rule: string;
  readonly unsafe: readonly RuleRow[];
  readonly safe: readonly RuleRow[];
  /** Why no server can show the harm of this rule; unset where each row is held against one. */
  readonly unproven?: string;
}
