/** Something `check` found. A fault fails the check; a warning is told. */
export interface Finding {
  readonly about:
    | "set"
    | "verify"
    | "drift"
    | "index"
    | "constraint"
    | "wraparound"
    | "sequence"
    | "scratch"
    /** What only a look at the data shows: rows that cannot be read, references that lead nowhere. */
    | "data"
    | "reference"
    /** Something could not be looked at, since the login may not. */
    | "rights"
    /** Of a restored database: it does not take writes, or has other rows than its backup was taken with. */
    | "write"
    | "rows";
  readonly level: "fault" | "warning";
  /** The file or the object, as a person names it. */
  readonly subject: string;
  /** One sentence, with its subject. */
  readonly message: string;
  /** What to do, in the imperative. */
  readonly next: string;
}
