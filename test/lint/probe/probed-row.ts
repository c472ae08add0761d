/** One row of the corpus: a file, and what it meets. Nobody writes down whether it is safe; the server says. */
export interface CorpusRow {
  /** Of the catalogue; for coverage and for reading, never for the verdict. */
  readonly rule: string;
  readonly name: string;
  readonly sql: string;
  /** `plain`: each statement in its own transaction unless the file says BEGIN. `holdfast`: as our runner does. Default plain. */
  readonly manner?: "plain" | "holdfast";
  /** Files between the shop's history and this one; a linter may read them. */
  readonly before?: readonly string[];
  /** Rows put in after those files, by SQL that a linter does not see. */
  readonly rows?: string;
  /** Statements of the old release beside the shop's own. */
  readonly client?: readonly string[];
  /** Databases and roles to make first: they belong to the whole server. */
  readonly onServer?: readonly string[];
  /** Why the server alone cannot show the harm: the row is kept for reading and left out of every rate. */
  readonly unmeasured?: string;
}

/** `loss`: rows or values gone. `stall`: somebody waits for work that grows with a table. `break`: the old release fails. `fails`: the file does. */
export type Harm = "loss" | "stall" | "break" | "fails";

/** What a server did with the row. No harm seen: safe. */
export interface Label {
  readonly harm: readonly Harm[];
  /** What was seen, as sentences for a reader; not compared. */
  readonly seen: readonly string[];
}

export function rowKey({ rule, name }: CorpusRow): string {
  return `${rule}: ${name}`;
}
