import type { Terminal } from "../terminal.js";

export interface StartPlace {
  /** Root of the checkout: Pulumi.yaml, index.ts, migrations. */
  readonly checkout: string;
  readonly terminal: Terminal;
  /** Writes to stdout: the summary only. */
  readonly print: (text: string) => void;
}
