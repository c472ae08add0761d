/** Something `check` found. A fault fails the check; a warning is told. */
export interface Finding {
  readonly about: "set" | "verify" | "drift" | "index" | "constraint" | "wraparound" | "sequence" | "scratch";
  readonly level: "fault" | "warning";
  /** The file or the object, as a person names it. */
  readonly subject: string;
  /** One sentence, with its subject. */
  readonly message: string;
  /** What to do, in the imperative. */
  readonly next: string;
}
