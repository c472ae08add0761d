import { checksumOf } from "./normalise-text.js";

/** A digest of each object of a database's schema: what a drift is told by, object by object. */
export interface Fingerprint {
  /** PostgreSQL's major version: it prints definitions its own way, so only fingerprints of one major version compare. */
  readonly serverMajor: number;
  /** By kind and name (`column public.users.email`), the SHA-256 of its definition in lower-case hex. */
  readonly objects: Readonly<Record<string, string>>;
}

/** One object that is not as it was. */
export interface Drift {
  readonly object: string;
  readonly change: "added" | "changed" | "removed";
}

/**
 * What changed from one fingerprint to another, by name. Empty where the major versions differ: the fingerprint is to be taken
 * anew then (see `isComparable`).
 */
export function compareFingerprints(before: Fingerprint, after: Fingerprint): Drift[] {
  if (!isComparable(before, after)) return [];
  const names = [...new Set([...Object.keys(before.objects), ...Object.keys(after.objects)])].sort();
  return names.flatMap((object) => {
    const [old, now] = [before.objects[object], after.objects[object]];
    if (old === now) return [];
    return { object, change: old === undefined ? "added" : now === undefined ? "removed" : "changed" };
  });
}

/** Whether the two were taken on the same major version. */
export function isComparable(before: Fingerprint, after: Fingerprint): boolean {
  return before.serverMajor === after.serverMajor;
}

/** One digest of the whole schema, SHA-256 in lower-case hex. */
export function fingerprintDigest({ serverMajor, objects }: Fingerprint): string {
  const sorted = Object.entries(objects).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return checksumOf(JSON.stringify([serverMajor, sorted]));
}
