/** Of a cluster's snapshot AWS allows fewer characters than of an instance's (RDS API reference, CreateDBSnapshot, CreateDBClusterSnapshot). */
const LONGEST = { rds: 255, aurora: 63 } as const;

/**
 * `shop-prod-database-20260119t093000z-v0007`. Letters, digits and single hyphens, beginning with a letter, as AWS demands; a
 * name too long loses the end of its identifier, never what tells two snapshots apart.
 *
 * @param attempt from 1; a later one of the same second gets `-2` and so on
 */
export function snapshotName(
  kind: keyof typeof LONGEST,
  identifier: string,
  at: Date,
  schemaVersion: string | null,
  attempt = 1,
): string {
  const second = at.toISOString().replace(/[-:]|\.\d+/g, "");
  const end = plain(`-${second}-v${schemaVersion ?? "0"}${attempt === 1 ? "" : `-${attempt}`}`);
  const start = plain(identifier).slice(0, LONGEST[kind] - end.length);
  return `${start}${end}`.replace(/--+/g, "-");
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/-+$/, "");
}

/** A tag's value as AWS takes it: at most 256 letters, digits, spaces and `_.:/=+-@` (RDS User Guide, "Tagging"). */
export function tagValue(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{Z}_.:/=+\-@]/gu, " ")
    .replace(/ +/g, " ")
    .trim()
    .slice(0, 256);
}
