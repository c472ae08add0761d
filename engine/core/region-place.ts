import { HoldfastError } from "./errors.js";

/** A second region of AWS, as a place for snapshots. */
export interface RegionPlace {
  readonly region: string;
  /** Key in that region, by which the copy is encrypted: its ARN, id, or `alias/…`. */
  readonly keyId: string | undefined;
}

const PREFIX = "region:";
/** `eu-west-1`, `us-gov-west-1` */
const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/**
 * `region:eu-west-1`, or with the key that encrypts the copy: `region:eu-west-1:alias/backups`, `region:eu-west-1:arn:aws:kms:…`.
 *
 * @returns undefined where it is a place of another kind
 * @throws HoldfastError invalid_usage
 */
export function readRegionPlace(place: string): RegionPlace | undefined {
  if (!place.startsWith(PREFIX)) return undefined;
  const [region = "", ...key] = place.slice(PREFIX.length).split(":");
  if (!REGION.test(region)) {
    throw new HoldfastError("invalid_usage", `"${place}" names no region of AWS.`, {
      next: "Write region:eu-west-1, or with the key that encrypts the copy there: region:eu-west-1:alias/backups.",
    });
  }
  const keyId = key.join(":");
  return { region, keyId: keyId === "" ? undefined : keyId };
}
