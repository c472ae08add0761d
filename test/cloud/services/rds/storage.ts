import { AwsError } from "../../cloud-region.js";
import { isZero, numberOf, textOf, type MutableProperties, type Properties } from "../../values.js";

/** From this size in GiB a gp3 volume of a PostgreSQL instance is striped over four. */
const STRIPED_FROM = 400;

/** What AWS makes of storage inputs that are left out. */
export function storageDefaults(inputs: Properties): MutableProperties {
  const size = numberOf(inputs, "allocatedStorage") ?? 20;
  const type = textOf(inputs, "storageType") ?? (isZero(inputs["iops"]) ? "gp2" : "io1");
  if (type !== "gp3") return { storageType: type, storageThroughput: 0, ...(type === "gp2" && { iops: 0 }) };
  const striped = size >= STRIPED_FROM;
  return {
    storageType: type,
    iops: isZero(inputs["iops"]) ? (striped ? 12_000 : 3000) : inputs["iops"],
    storageThroughput: isZero(inputs["storageThroughput"]) ? (striped ? 500 : 125) : inputs["storageThroughput"],
  };
}

/** @throws AwsError for sizes and rates AWS does not give, from `asked`: what the call carries */
export function refuseStorage(held: Properties, asked: Properties): void {
  const size = numberOf(asked, "allocatedStorage") ?? numberOf(held, "allocatedStorage") ?? 0;
  const type = textOf(asked, "storageType") ?? textOf(held, "storageType");
  const rates = ["iops", "storageThroughput"].filter((name) => !isZero(asked[name]));
  if (size < 20 || size > 65_536) {
    refuse(
      "InvalidParameterValue",
      `Invalid storage size for engine name postgres and storage type ${String(type)}: ${size}`,
    );
  }
  if (type === "gp3" && size < STRIPED_FROM && rates.length > 0) {
    const reason = `You can't specify IOPS or storage throughput for engine postgres and a storage size less than ${STRIPED_FROM}.`;
    refuse("InvalidParameterCombination", reason);
  }
  const iops = numberOf(asked, "iops");
  if (type === "gp3" && iops !== undefined && iops !== 0 && iops < 12_000) {
    refuse(
      "InvalidParameterCombination",
      `The IOPS value ${iops} must be between 12000 and 64000 for a gp3 volume of ${size} GiB.`,
    );
  }
  if ((type === "io1" || type === "io2") && isZero(asked["iops"]) && isZero(held["iops"])) {
    refuse("InvalidParameterCombination", `You must specify iops for storage type ${type}.`);
  }
  if (type !== "gp3" && !isZero(asked["storageThroughput"])) {
    refuse("InvalidParameterCombination", `Storage throughput can't be specified for storage type ${String(type)}.`);
  }
}

/** @throws AwsError for an upper limit less than a tenth above the size */
export function refuseAutoscaling(allocated: number, limit: number): void {
  if (limit === 0 || limit >= allocated * 1.1) return;
  refuse(
    "InvalidParameterCombination",
    `Max storage size must be at least 10 percent greater than the storage size ${allocated}, got ${limit}`,
  );
}

/** The size AWS makes of a wish: it never shrinks, and grows by a tenth at least. @throws AwsError */
export function grownSize(held: number, wish: number): number {
  if (wish < held) {
    refuse(
      "InvalidParameterCombination",
      `Requested storage size (${wish}) cannot be less than the current storage size (${held}).`,
    );
  }
  return wish === held ? held : Math.max(wish, Math.ceil(held * 1.1));
}

function refuse(code: string, reason: string): never {
  throw new AwsError(code, reason);
}
