/** A cluster's members bear its name with a number behind it (RDS API reference, CreateDBInstance, CreateDBCluster: 63). */
const LONGEST = { rds: 63, aurora: 60 } as const;

/**
 * The identifier of a database that is restored beside another one: `shop-prod-database` as `before-0008` is
 * `shop-prod-database-before-0008`. One too long loses the end of the old name, never what tells two restores apart.
 *
 * @returns undefined where the new name alone leaves no room, or holds nothing that AWS takes
 */
export function restoredIdentifier(kind: keyof typeof LONGEST, identifier: string, as: string): string | undefined {
  const end = plain(as);
  const room = LONGEST[kind] - end.length - 1;
  if (end === "" || room < 1) return undefined;
  return `${plain(plain(identifier).slice(0, room))}-${end}`;
}

/** Lower-case letters, digits and single hyphens between them. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
