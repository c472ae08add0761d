import type { Command } from "./command.js";

interface Entry {
  /** One line of `holdfast --help`. */
  readonly about: string;
  /** A command's own file is loaded only when it runs. */
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Every command, in the order in which the help lists them. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  status: { about: "where each instance stands", load: () => import("./commands/status.js") },
  check: { about: "history, files and schema against each other", load: () => import("./commands/check.js") },
  info: { about: "server, size, tables, extensions, settings", load: () => import("./commands/info.js") },
  plan: { about: "what a migrate would do", load: () => import("./commands/plan.js") },
  migrate: { about: "bring one instance to this release", load: () => import("./commands/migrate.js") },
  "migrate-all": { about: "bring every instance to this release", load: () => import("./commands/migrate-all.js") },
  backup: { about: "take a backup now", load: () => import("./commands/backup.js") },
  backups: { about: "list the backups", load: () => import("./commands/backups.js") },
  restore: { about: "restore a backup beside the database", load: () => import("./commands/restore.js") },
  "verify-backup": {
    about: "read every byte of the backups",
    load: () => import("./commands/verify-backup.js"),
  },
  drill: { about: "prove that a backup restores, in a throw-away place", load: () => import("./commands/drill.js") },
  switch: { about: "let a restored database take over", load: () => import("./commands/switch.js") },
  rehearse: {
    about: "run pending files, up, down and up, where nobody works",
    load: () => import("./commands/rehearse.js"),
  },
  rollback: {
    about: "run the rehearsed @rollback of the newest files",
    load: () => import("./commands/rollback.js"),
  },
  runbook: { about: "what to do, with the real names filled in", load: () => import("./commands/runbook.js") },
  incidents: { about: "the runs that failed, and what became of them", load: () => import("./commands/incidents.js") },
  undo: { about: "the ways back from here, and what each loses", load: () => import("./commands/undo.js") },
  guard: { about: "refuse a preview that would lose a database", load: () => import("./commands/guard.js") },
  lint: { about: "judge migrations by the safety rules, offline", load: () => import("./commands/lint.js") },
  ci: { about: "all a pull request must pass, offline", load: () => import("./commands/ci.js") },
  "reviewed-plan": {
    about: "the plan a merged pull request showed",
    load: () => import("./commands/reviewed-plan.js"),
  },
  new: { about: "write the next migration's file", load: () => import("./commands/new.js") },
  baseline: { about: "mark files as already applied", load: () => import("./commands/baseline.js") },
  adopt: { about: "take over from another migration tool", load: () => import("./commands/adopt.js") },
  accept: { about: "record an applied file's repaired comment", load: () => import("./commands/accept.js") },
  access: {
    about: "what each role may do; bring roles and grants in order",
    load: () => import("./commands/access.js"),
  },
  secret: { about: "make the password of a role, and keep it", load: () => import("./commands/secret.js") },
  local: { about: "start, stop or find the embedded database", load: () => import("./commands/local.js") },
  sql: { about: "ask the database one statement, read-only", load: () => import("./commands/sql.js") },
};
