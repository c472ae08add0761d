import type { ProgressEvent } from "../engine/index.js";
import { showProgress } from "./progress.js";
import type { Terminal } from "./terminal.js";

export interface Watch {
  readonly progress: (event: ProgressEvent) => void;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** Could not go on: the code of `interrupted`. */
const INTERRUPTED = 4;

/**
 * Shows long work and lets it be stopped: the first Ctrl-C (or SIGTERM) asks it to end in good order, after the batch or file
 * under way; the second ends the process, after which the next run converges all the same.
 */
export async function stoppable<T>(terminal: Terminal, work: (watch: Watch) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const view = showProgress(terminal);
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    view.progress({
      kind: "note",
      message: "Stopping in good order; once more to stop at once (the next run goes on).",
    });
    controller.abort();
  };
  for (const name of STOP_SIGNALS) process.on(name, stop);
  try {
    return await work({ progress: view.progress, signal: controller.signal });
  } finally {
    for (const name of STOP_SIGNALS) process.off(name, stop);
    view.close();
  }
}
