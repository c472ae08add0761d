import type { ProgressEvent } from "../engine/index.js";
import { formatBytes, formatDuration } from "./format.js";

/** How far a long step has come. */
export interface Share {
  readonly done: number;
  readonly total: number;
  /** `copying the backup, 45 of 300 MiB` */
  readonly text: string;
}

/** Events that move a bar; the others are lines of their own. */
export function shareOf(event: ProgressEvent): Share | undefined {
  if (event.kind === "batch") {
    const { file, rowsDone: done, rowsEstimated, rowsPerSecond } = event;
    const total = Math.max(done, rowsEstimated);
    const rate = rowsPerSecond > 0 ? `, ${count(Math.round(rowsPerSecond))} a second` : "";
    return { done, total, text: `${file}: ${count(done)} of about ${count(total)} rows${rate}` };
  }
  if (event.kind === "rehearsal") {
    const { file, done, total } = event;
    return { done, total, text: `rehearsing ${file}: ${done + 1} of ${total}` };
  }
  if (event.kind === "check") {
    const { subject, done, total } = event;
    return { done, total, text: `checking ${subject}: ${done + 1} of ${total}` };
  }
  if ((event.kind !== "backup" && event.kind !== "restore") || event.state !== "copying") return undefined;
  const { kind, bytes: done = 0, totalBytes = 0 } = event;
  const total = Math.max(done, totalBytes);
  const verb = kind === "backup" ? "backing up" : "restoring";
  return { done, total, text: `${verb}: ${formatBytes(done)} of ${formatBytes(total)}` };
}

/** One line for a log; undefined where an event says nothing new. */
export function describeEvent(event: ProgressEvent): string | undefined {
  switch (event.kind) {
    case "note":
      return event.message;
    case "waiting-for-deploy":
      return `Another deploy is at work on this database (${event.holder}); waiting.`;
    case "drill":
      return event.state === "started" ? "Restoring the backup into a throw-away cluster …" : "The backup restores.";
    case "restore":
      return event.state === "started" ? "Restoring …" : undefined;
    case "backup":
      if (event.state === "started") return "Backing up first …";
      return `Backed up${event.id === undefined ? "" : ` as ${event.id}`}${event.bytes === undefined ? "" : `, ${formatBytes(event.bytes)}`}.`;
    case "lock-retry":
      return lockRetry(event);
    case "migration":
      return event.state === "started"
        ? undefined
        : `  ${event.state.padEnd(8)} ${event.file}${took(event.durationMs)}`;
    case "batch":
    case "check":
    case "rehearsal":
      return undefined;
  }
}

/** The first try says who is in the way; after that the heartbeat is enough. */
function lockRetry({ file, attempt, blockers }: Extract<ProgressEvent, { kind: "lock-retry" }>): string | undefined {
  if (attempt !== 1) return undefined;
  const who = blockers.length === 0 ? "others hold its tables" : blockers.join("; ");
  return `  waiting  ${file}: ${who}. Traffic passes meanwhile.`;
}

function took(durationMs: number | undefined): string {
  return durationMs === undefined ? "" : `  ${formatDuration(durationMs)}`;
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
