import type { FileVerdict } from "./judge-findings.js";
import type { Schema } from "./schema/schema.js";

/** What a file was judged to be; null where nobody asked. */
export type MaybeVerdict = FileVerdict | null;

/** What an earlier run found out about a folder. */
export interface RememberedLint {
  /** One a file, in order: a digest of all that its verdict depends on. */
  readonly keys: readonly string[];
  readonly verdicts: readonly MaybeVerdict[];
  /** As the last of these files leaves it. */
  readonly schema: Schema;
}

/** Keeps a folder's verdicts between two runs. What cannot be read or written is as if it were not there. */
export interface LintMemory {
  load(): RememberedLint | undefined;
  save(lint: RememberedLint): void;
}
