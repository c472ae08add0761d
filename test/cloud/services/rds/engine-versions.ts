import { AwsError } from "../../cloud-region.js";

/**
 * The newest minor of each major version that this cloud offers; every lower one can be had too. Real AWS withdraws and
 * adds them all the time, so nothing may depend on these numbers.
 */
const NEWEST_MINORS: Readonly<Record<number, number>> = { 13: 23, 14: 20, 15: 15, 16: 11, 17: 7, 18: 4 };

export function majorOf(version: string): number {
  return Number(version.split(".")[0]);
}

export function minorOf(version: string): number {
  return Number(version.split(".")[1] ?? 0);
}

/** The version AWS runs for a wish such as "17" or "17.4". @throws AwsError for one it does not have */
export function resolveVersion(engine: string, wish: string | undefined): string {
  const version = wish ?? "17";
  const newest = NEWEST_MINORS[majorOf(version)];
  const isWhole = /^\d+$/.test(version);
  if (newest === undefined || (!isWhole && !/^\d+\.\d+$/.test(version)) || minorOf(version) > newest) {
    throw new AwsError("InvalidParameterCombination", `Cannot find version ${version} for ${engine}`);
  }
  return isWhole ? `${version}.${newest}` : version;
}

export function isOlder(one: string, other: string): boolean {
  return majorOf(one) - majorOf(other) < 0 || (majorOf(one) === majorOf(other) && minorOf(one) < minorOf(other));
}

/**
 * What the provider keeps as `engineVersion` in the state: a prefix of the real version as the program wrote it, else the
 * real one (terraform-provider-aws, rds/engine_version.go, `compareActualEngineVersion`).
 */
export function keptVersion(written: string | undefined, actual: string, pending: string | undefined): string {
  const isKept = written !== undefined && (written === pending || actual.startsWith(`${written}.`));
  return isKept ? written : actual;
}
