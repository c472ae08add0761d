import { isIntegerBetween, isOneOf } from "../check-values.js";
import type { Fault } from "../fault.js";
import type { PersistentDatabaseArgs } from "./persistent-database-args.js";
import type { ServerSettings } from "./server.js";

/** From here on RDS stripes gp3 over four volumes, and only then its speed may be chosen (AWS: RDS storage for PostgreSQL). */
const STRIPED_FROM_GIB = 400;

export function storageFaults(args: PersistentDatabaseArgs, settings: ServerSettings): Fault[] {
  const { allocatedStorage, storageType, iops, storageThroughput } = settings;
  const known = isOneOf("storageType", storageType, ["gp3", "io1", "io2"], "take gp3");
  const size = isIntegerBetween("allocatedStorage", allocatedStorage, storageType === "gp3" ? 20 : 100, 65_536, "GiB");
  const growth = growthFaults(settings);
  if (storageType !== "gp3") {
    return [
      ...known,
      ...size,
      ...growth,
      ...(iops === undefined
        ? [{ property: "iops", value: iops, allowed: `1000 to 256000 with ${storageType}`, way: "set it, or take gp3" }]
        : isIntegerBetween("iops", iops, 1000, 256_000, "")),
      ...unset("storageThroughput", storageThroughput, `unset with ${storageType}`, "leave it out: only gp3 has it"),
    ];
  }
  if (allocatedStorage < STRIPED_FROM_GIB) {
    const allowed = `unset below ${String(STRIPED_FROM_GIB)} GiB of gp3, which has 3000 IOPS and 125 MiB/s there`;
    const way = `leave it out, or set allocatedStorage to ${String(STRIPED_FROM_GIB)} at least`;
    return [
      ...size,
      ...growth,
      ...unset("iops", args.iops, allowed, way),
      ...unset("storageThroughput", storageThroughput, allowed, way),
    ];
  }
  return [
    ...size,
    ...growth,
    ...isIntegerBetween("iops", iops, 12_000, 64_000, ""),
    ...isIntegerBetween("storageThroughput", storageThroughput, 500, 4000, "MiB/s"),
  ];
}

function growthFaults({ allocatedStorage, maxAllocatedStorage }: ServerSettings): Fault[] {
  const least = Math.ceil(allocatedStorage * 1.1);
  const isFit = Number.isInteger(maxAllocatedStorage) && maxAllocatedStorage >= least && maxAllocatedStorage <= 65_536;
  if (maxAllocatedStorage === 0 || isFit) return [];
  const allowed = `0 for no autoscaling, or ${String(least)} (allocatedStorage and 10 %) to 65536 GiB`;
  return [{ property: "maxAllocatedStorage", value: maxAllocatedStorage, allowed, way: "leave it out" }];
}

function unset(property: string, value: number | undefined, allowed: string, way: string): Fault[] {
  return value === undefined ? [] : [{ property, value, allowed, way }];
}
