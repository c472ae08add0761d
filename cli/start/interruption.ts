import { isatty } from "node:tty";
import type { Terminal } from "../terminal.js";

/**
 * Ctrl-C and SIGTERM end the run, not this process: Pulumi stops what it does and writes its state first. On a terminal
 * Ctrl-C reaches Pulumi by itself, being in the same process group; a second signal would make it stop at once.
 */
export function interruption(terminal: Terminal): {
  signal: AbortSignal;
  wasInterrupted: () => boolean;
  release: () => void;
} {
  const controller = new AbortController();
  let seen = false;
  const stop = (isFromTerminal: boolean) => (): void => {
    if (!seen) terminal.note("stopping; Pulumi ends what is under way and keeps its state");
    seen = true;
    if (!isFromTerminal) controller.abort();
  };
  const [onInterrupt, onTerminate] = [stop(isatty(0)), stop(false)];
  process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate);
  return {
    signal: controller.signal,
    wasInterrupted: () => seen,
    release: () => process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate),
  };
}
