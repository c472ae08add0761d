import type { EngineEvent, OpMap, OutputMap, Stack } from "@pulumi/pulumi/automation/index.js";
import { HoldfastError } from "../../engine/index.js";
import type { Terminal } from "../terminal.js";
import { interruption } from "./interruption.js";
import { watchProgram } from "./lost-program.js";
import type { EngineCommand, EngineFlags } from "./read-start-arguments.js";
import { showEvents, type EventView } from "./show-events.js";

export interface EngineRun {
  readonly command: EngineCommand;
  readonly stack: Stack;
  readonly flags: EngineFlags;
  readonly terminal: Terminal;
}

export interface RunOutcome {
  /** Resources by what was done with them, `same` left out. */
  readonly changes: OpMap;
  /** URNs of the resources that changed. */
  readonly changed: readonly string[];
  /** The stack's outputs; empty unless it was deployed. */
  readonly outputs: OutputMap;
}

/** One run of the engine with its progress shown. @throws HoldfastError preview_failed, deploy_failed, interrupted */
export async function runOnEngine({ command, stack, flags, terminal }: EngineRun): Promise<RunOutcome> {
  const view = showEvents(terminal, command === "preview");
  const stop = interruption(terminal);
  const program = watchProgram();
  let changes: OpMap = {};
  const changed: string[] = [];
  const onEvent = (event: EngineEvent): void => {
    view.see(event);
    program.see(event);
    const { op = "same", urn = "" } = event.resourcePreEvent?.metadata ?? {};
    if (op !== "same") changed.push(urn);
    if (event.summaryEvent !== undefined) changes = event.summaryEvent.resourceChanges;
  };
  try {
    const signal = AbortSignal.any([stop.signal, program.signal]);
    const options = { onEvent, signal, refresh: flags.refresh };
    const result = await START[command](stack, options);
    const counts = Object.entries(changes).filter(([op]) => op !== "same");
    return { changes: Object.fromEntries(counts), changed, outputs: "outputs" in result ? result.outputs : {} };
  } catch (error) {
    if (stop.wasInterrupted()) throw interrupted(command, stack.name, error);
    throw failed(command, stack.name, view, program.lost() ?? error);
  } finally {
    program.release();
    stop.release();
  }
}

interface EngineOptions {
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  readonly refresh: boolean;
}

const START: Readonly<
  Record<EngineCommand, (stack: Stack, options: EngineOptions) => Promise<object | { outputs: OutputMap }>>
> = {
  preview: (stack, options) => stack.preview(options),
  up: (stack, options) => stack.up(options),
  refresh: (stack, { onEvent, signal }) => stack.refresh({ onEvent, signal }),
  destroy: (stack, options) => stack.destroy(options),
};

function failed(command: EngineCommand, stack: string, view: EventView, error: unknown): HoldfastError {
  const reason = view.sawErrors() ? "see above" : reasonOf(error);
  if (command === "preview") {
    return new HoldfastError("preview_failed", `The preview of ${stack} failed, and nothing was changed: ${reason}.`, {
      next: "Correct what is named there, then run it again.",
    });
  }
  return new HoldfastError(view.failureCode() ?? "deploy_failed", `pulumi ${command} of ${stack} failed: ${reason}.`, {
    next: "Correct what is named there, then run it again: what is done stays done, the rest follows.",
  });
}

/** Without a word from the engine, what Pulumi's command line said last. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split("\n").find((candidate) => candidate.startsWith("error:")) ?? text.split("\n")[0] ?? "";
  return line.replace(/^error:\s*/, "").replace(/\.$/, "");
}

function interrupted(command: EngineCommand, stack: string, error: unknown): HoldfastError {
  const next = "Run it again: what was under way is completed or done again.";
  return new HoldfastError("interrupted", `pulumi ${command} of ${stack} was stopped.`, { next }, { cause: error });
}
