import { isIntegerBetween, isOneOf } from "../check-values.js";
import type { Fault } from "../fault.js";
import type { ServerlessCapacity } from "./server.js";

/** What a cluster is made by, as the program gives it. */
export interface ClusterArgs {
  readonly identifier: string;
  readonly readers?: number | undefined;
  readonly serverless?: ServerlessCapacity | undefined;
  readonly instanceClass?: string | undefined;
  readonly storageType?: string | undefined;
  readonly multiAz?: boolean | undefined;
  /** Arguments that only an instance has. */
  readonly allocatedStorage?: number | undefined;
  readonly maxAllocatedStorage?: number | undefined;
  readonly iops?: number | undefined;
  readonly storageThroughput?: number | undefined;
}

/** Aurora allows 15 readers beside the writer (Amazon Aurora user guide, "Quotas in Amazon Aurora"). */
const MOST_READERS = 15;
/** RDS allows 63 characters, and a member's name has its number behind it. */
const LONGEST_IDENTIFIER = 63 - "-16".length;

/** What an Aurora cluster cannot be made with. */
export function clusterFaults(args: ClusterArgs): Fault[] {
  return [
    ...identifierFaults(args.identifier),
    ...isIntegerBetween("readers", args.readers, 0, MOST_READERS, "readers"),
    ...zoneFaults(args),
    ...(args.serverless === undefined ? [] : capacityFaults(args.serverless)),
    ...classFaults(args),
    ...isOneOf(
      "storageType",
      args.storageType,
      ["aurora", "aurora-iopt1"],
      "leave it out for Aurora's standard storage, or take aurora-iopt1 where reading and writing cost most",
    ),
    ...instanceOnlyFaults(args),
  ];
}

function zoneFaults({ multiAz, readers }: ClusterArgs): Fault[] {
  if (multiAz !== true || readers !== 0) return [];
  const way = "keep one reader, which stands in for the writer; or take multiAz out";
  return [{ property: "readers", value: readers, allowed: "1 to 15 readers with multiAz", way }];
}

function identifierFaults(identifier: string): Fault[] {
  if (identifier.length <= LONGEST_IDENTIFIER) return [];
  const allowed = `at most ${String(LONGEST_IDENTIFIER)} characters, since its members are called by it and their number`;
  return [{ property: "identifier", value: identifier, allowed, way: "give a shorter identifier" }];
}

const MOST_UNITS = 256;

/** Amazon RDS API reference, ServerlessV2ScalingConfiguration: half steps; 0 lets an idle member pause. */
function capacityFaults({ minCapacity, maxCapacity }: ServerlessCapacity): Fault[] {
  const isUnit = (value: number, least: number): boolean =>
    Number.isInteger(value * 2) && value >= least && value <= MOST_UNITS;
  const allowed = (least: number): string => `${String(least)} to ${String(MOST_UNITS)} in steps of 0.5`;
  const way = "choose capacity units of 2 GiB each";
  return [
    ...(isUnit(minCapacity, 0)
      ? []
      : [
          { property: "serverless.minCapacity", value: minCapacity, allowed: `${allowed(0)}; 0 pauses when idle`, way },
        ]),
    ...(isUnit(maxCapacity, 1)
      ? []
      : [{ property: "serverless.maxCapacity", value: maxCapacity, allowed: allowed(1), way }]),
    ...(minCapacity <= maxCapacity
      ? []
      : [
          {
            property: "serverless.minCapacity",
            value: minCapacity,
            allowed: `at most maxCapacity, ${String(maxCapacity)}`,
            way: "lower it, or raise maxCapacity",
          },
        ]),
  ];
}

/** Amazon Aurora user guide, "Supported DB engines for DB instance classes": memory-optimised, and burstable from medium on. */
function classFaults({ instanceClass, serverless }: ClusterArgs): Fault[] {
  if (instanceClass === undefined) return [];
  const property = "instanceClass";
  if (serverless !== undefined) {
    const way = "leave instanceClass out, or serverless";
    return [{ property, value: instanceClass, allowed: "not set beside serverless", way }];
  }
  if (/^db\.([rx]\d\w*\.\w+|t\d\w*\.(medium|large))$/.test(instanceClass)) return [];
  const allowed = "a class of Aurora's: db.r*, db.x*, or db.t* of size medium or large";
  return [
    { property, value: instanceClass, allowed, way: "take db.r7g.large, or serverless: { minCapacity, maxCapacity }" },
  ];
}

function instanceOnlyFaults(args: ClusterArgs): Fault[] {
  const ways = {
    allocatedStorage: "leave it out: a cluster's storage grows by itself",
    maxAllocatedStorage: "leave it out: a cluster's storage grows by itself",
    iops: "leave it out, or take storageType aurora-iopt1",
    storageThroughput: "leave it out, or take storageType aurora-iopt1",
  } as const;
  return Object.entries(ways).flatMap(([property, way]) => {
    const value = args[property as keyof typeof ways];
    return value === undefined ? [] : [{ property, value, allowed: 'not set with engine "aurora-postgresql"', way }];
  });
}
