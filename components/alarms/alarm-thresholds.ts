import type { Fault } from "../fault.js";
import type { AlarmThresholds } from "./database-alarms-args.js";

export type ThresholdName = keyof AlarmThresholds;
/** Every threshold, with its default in place. */
export type Thresholds = Readonly<Record<ThresholdName, number>>;

interface ThresholdRange {
  readonly lowest: number;
  readonly highest: number;
  readonly unit: string;
  readonly byDefault: number;
}

/** As the documentation lists them. */
export const THRESHOLDS: Readonly<Record<ThresholdName, ThresholdRange>> = {
  freeStorageGib: { lowest: 1, highest: 65_536, unit: "GiB", byDefault: 10 },
  usedStoragePercent: { lowest: 50, highest: 99, unit: "percent", byDefault: 85 },
  connections: { lowest: 1, highest: 262_143, unit: "connections", byDefault: 300 },
  cpuPercent: { lowest: 1, highest: 100, unit: "percent", byDefault: 90 },
  replicaLagSeconds: { lowest: 1, highest: 86_400, unit: "seconds", byDefault: 60 },
  idleTransactionSeconds: { lowest: 60, highest: 86_400, unit: "seconds", byDefault: 900 },
  openTransactionAge: { lowest: 10_000, highest: 2_000_000_000, unit: "transactions", byDefault: 1_000_000 },
  usedTransactionIds: {
    lowest: 200_000_000,
    highest: 2_000_000_000,
    unit: "transaction IDs",
    byDefault: 1_000_000_000,
  },
  slotLagGib: { lowest: 1, highest: 65_536, unit: "GiB", byDefault: 10 },
  burstBalancePercent: { lowest: 1, highest: 100, unit: "percent", byDefault: 20 },
  cpuCredits: { lowest: 1, highest: 5_000, unit: "credits", byDefault: 20 },
};

const NAMES = Object.keys(THRESHOLDS) as ThresholdName[];

export function settleThresholds(given: AlarmThresholds = {}): Thresholds {
  const settled = NAMES.map((name) => [name, given[name] ?? THRESHOLDS[name].byDefault]);
  return Object.fromEntries(settled) as Thresholds;
}

/** What no alarm could ever reach, or always would. */
export function findThresholdFaults(thresholds: Thresholds): Fault[] {
  return NAMES.flatMap((name) => {
    const value = thresholds[name];
    const { lowest, highest, unit, byDefault } = THRESHOLDS[name];
    if (value >= lowest && value <= highest) return [];
    const way = `write a number in that range; ${byDefault} is the default`;
    return [{ property: `thresholds.${name}`, value, allowed: `${lowest} to ${highest} ${unit}`, way }];
  });
}
