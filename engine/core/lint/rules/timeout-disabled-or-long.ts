import type { Rule } from "../rule.js";
import { milliseconds, settingChange } from "../session-settings.js";

/** Longer than that, and clients run into timeouts of their own. */
const LONG_MS = 10_000;

export const timeoutDisabledOrLong: Rule = {
  id: "timeout-disabled-or-long",
  severity: "warning",
  harm: "stall",
  about: "sets lock_timeout to nothing, or to a long time",
  kinds: ["VariableSetStmt", "SelectStmt"],
  check: ({ node, file, around }) => {
    const change = settingChange(node);
    if (change === undefined || around.length > 0) return [];
    if (change.name !== "lock_timeout" && change.name !== "all") return [];
    const limit = change.value === undefined ? undefined : milliseconds(change.value);
    // Another tool's session may have a default of its own; our runner's is what it sets itself.
    const isOff = limit === 0 || (change.value === undefined && file.manner === "holdfast");
    if (!isOff && (limit === undefined || limit <= LONG_MS)) return [];
    const runner = file.manner === "holdfast" ? ", whatever the runner set" : "";
    const message = isOff
      ? `takes away lock_timeout${runner}: a statement that waits for a lock stops everybody who comes after it`
      : `sets lock_timeout to ${(limit ?? 0) / 1000} s${runner}: so long everybody waits behind a statement that waits for a lock`;
    const fix =
      file.manner === "holdfast" ? "Remove it: the runner sets its own, and tries again." : "SET lock_timeout = '2s';";
    return [{ message, fix }];
  },
};
