import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/** How long a run in which nothing happens any more is given to end by itself, in milliseconds. */
const QUIET_MS = 3_000;

export interface ProgramWatch {
  /** Aborted where the run would never end. */
  readonly signal: AbortSignal;
  /** To be given every event of the engine. */
  see(event: EngineEvent): void;
  /** What the program lost, if anything. */
  lost(): unknown;
  release(): void;
}

/**
 * Looks after a program that runs inline. Where it loses an error (a promise that is rejected, and nobody waits for it), what hangs
 * on that is never registered, and Pulumi's SDK waits for it for ever (seen with 3.245); a plain `pulumi up` ends with its
 * process. So the run is ended as by Ctrl-C, once everything under way is done.
 */
export function watchProgram(): ProgramWatch {
  const controller = new AbortController();
  const underWay = new Set<string>();
  let lost: unknown;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    if (lost !== undefined && underWay.size === 0) timer = setTimeout(() => controller.abort(), QUIET_MS);
  };
  const onLost = (error: unknown): void => {
    lost ??= error ?? "undefined";
    wait();
  };
  process.on("unhandledRejection", onLost);
  return {
    signal: controller.signal,
    see: ({ resourcePreEvent: begun, resOutputsEvent: done, resOpFailedEvent: failed }) => {
      if (begun !== undefined && isOperation(begun.metadata)) underWay.add(begun.metadata.urn);
      const ended = (done ?? failed)?.metadata.urn;
      if (ended !== undefined) underWay.delete(ended);
      wait();
    },
    lost: () => lost,
    release: () => {
      clearTimeout(timer);
      process.off("unhandledRejection", onLost);
    },
  };
}

/** A component is not done before the program says so. */
function isOperation({ old, new: wanted }: StepEventMetadata): boolean {
  return (wanted ?? old)?.custom === true;
}
