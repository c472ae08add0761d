import type { ProgressEvent } from "../engine/index.js";
import { describeEvent, type Share, shareOf } from "./describe-event.js";
import { ProgressBar } from "./progress-bar.js";
import type { Terminal } from "./terminal.js";

/** Something is said at least this often while a step runs, so that a CI job is not taken for dead. */
const HEARTBEAT_MS = 10_000;
const LISTED_FILES = 50;

export interface ProgressView {
  readonly progress: (event: ProgressEvent) => void;
  /** To be called when the work has ended, however it ended. */
  close(): void;
}

/** Shows a run on stderr: a bar on a terminal, lines and a heartbeat elsewhere. */
export function showProgress(terminal: Terminal): ProgressView {
  const bar = terminal.isErrorTty ? new ProgressBar() : undefined;
  const heart = heartbeat(terminal);
  const isTooMuch = crowd();
  return {
    progress: (event) => {
      const share = shareOf(event);
      heart.sees(event, share);
      if (share !== undefined) {
        bar?.show(share);
        return;
      }
      const line = describeEvent(event);
      if (line === undefined || isTooMuch(event)) return;
      bar?.hide();
      terminal.note(line);
    },
    close: () => {
      bar?.hide();
      heart.stop();
    },
  };
}

/** Of hundreds of files the first ones have a line each, then every hundredth: a log is for reading. */
function crowd(): (event: ProgressEvent) => boolean {
  let files = 0;
  return ({ kind }) => {
    if (kind !== "migration") return false;
    files += 1;
    return files > LISTED_FILES && files % 100 !== 0;
  };
}

interface Heartbeat {
  sees(event: ProgressEvent, share: Share | undefined): void;
  stop(): void;
}

/** On a terminal the bar moves by itself; a step without one (a long statement) still shows that it lives. */
function heartbeat(terminal: Terminal): Heartbeat {
  let running: { readonly what: string; readonly since: number; share: Share | undefined } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    if (running === undefined || (terminal.isErrorTty && running.share !== undefined)) return;
    const seconds = Math.round((Date.now() - running.since) / 1000);
    terminal.note(`  ${running.share?.text ?? running.what}, ${seconds} s`);
  };
  return {
    sees: (event, share) => {
      const what = stepOf(event);
      if (what === undefined) running = undefined;
      else if (running?.what === what) running.share = share;
      else running = { what, since: Date.now(), share };
      timer ??= setInterval(beat, HEARTBEAT_MS).unref();
    },
    stop: () => clearInterval(timer),
  };
}

/** What is under way after this event; undefined where it ended something. */
function stepOf(event: ProgressEvent): string | undefined {
  switch (event.kind) {
    case "backup":
    case "restore":
    case "drill":
      return event.state === "done" ? undefined : `still at the ${event.kind}`;
    case "migration":
      return event.state === "started" ? `still at ${event.file}` : undefined;
    case "batch":
    case "lock-retry":
      return `still at ${event.file}`;
    case "check":
      return "still checking";
    case "rehearsal":
      return `still rehearsing ${event.file}`;
    case "waiting-for-deploy":
      return "still waiting for the other deploy";
    case "note":
      return undefined;
  }
}
