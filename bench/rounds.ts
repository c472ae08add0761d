import { measure, median, type Measured } from "./measure.js";

/** A thing to run in turn with the others. `prepare` is not measured. */
export interface Lane {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  prepare?(): Promise<void>;
}

export interface LaneResult {
  readonly name: string;
  /** Medians, but for the fastest round. */
  readonly ms: number;
  readonly bestMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly runs: readonly Measured[];
}

/** Lanes take turns round by round, so that a machine whose speed drifts is fair to all; the medians count. */
export async function takeTurns(lanes: readonly Lane[], rounds: number): Promise<Map<string, LaneResult>> {
  const runs = new Map<string, Measured[]>(lanes.map((lane) => [lane.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const lane of lanes) {
      await lane.prepare?.();
      runs.get(lane.name)?.push(await measure(lane.command, lane.env));
    }
  }
  return new Map(
    [...runs].map(([name, measured]) => [
      name,
      {
        name,
        ms: median(measured.map((run) => run.ms)),
        bestMs: Math.min(...measured.map((run) => run.ms)),
        cpuMs: median(measured.map((run) => run.cpuMs)),
        peakMiB: median(measured.map((run) => run.peakMiB)),
        runs: measured,
      },
    ]),
  );
}
