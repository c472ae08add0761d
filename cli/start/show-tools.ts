import type { Terminal } from "../terminal.js";

/** Elsewhere than on a terminal a line comes at most this often, in milliseconds. */
const LINE_EVERY_MS = 10_000;

/** Shows how the toolchain comes along: one line that changes on a terminal, now and then a line elsewhere. */
export function showTools(terminal: Terminal): { progress: (message: string) => void; close: () => void } {
  let lastAt = 0;
  let lastKind = "";
  let isOpen = false;
  return {
    progress: (message) => {
      if (terminal.isErrorTty) {
        process.stderr.write(`\r\x1b[K${message}`.slice(0, terminal.width + 3));
        isOpen = true;
        return;
      }
      // Messages of one step differ only in their numbers; the first of each step is shown at once.
      const kind = message.replace(/\d+/g, "");
      if (kind === lastKind && Date.now() - lastAt < LINE_EVERY_MS) return;
      [lastAt, lastKind] = [Date.now(), kind];
      terminal.note(message);
    },
    close: () => {
      if (isOpen) process.stderr.write("\r\x1b[K");
    },
  };
}
