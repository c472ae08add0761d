import type { Command } from "./command.js";

interface Entry {
  /** One line of `holdfast --help`. */
  readonly about: string;
  /** A command's own file is loaded only when it runs. */
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Every command, in the order in which the help lists them. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  new: { about: "write the next migration's file", load: () => import("./commands/new.js") },
  local: { about: "start, stop or find the embedded database", load: () => import("./commands/local.js") },
  sql: { about: "ask the database something, read-only", load: () => import("./commands/sql.js") },
};
