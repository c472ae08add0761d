/** The rows of one table. */
export interface TableCount {
  /** Schema-qualified and quoted where SQL needs it: `public.users`, `public."Odd Name"`. */
  readonly table: string;
  /** Null: it changed while the backup was taken, so that its rows at that instant are not known. */
  readonly rows: number | null;
}

/** A table whose rows are not what the manifest says. Null: there is no such table. */
export interface CountDifference {
  readonly table: string;
  readonly expected: number | null;
  readonly found: number | null;
}

/** Tables that differ, by name. A table whose expected rows are unknown is not compared. */
export function compareCounts(
  expected: readonly TableCount[],
  found: readonly TableCount[],
): readonly CountDifference[] {
  const before = new Map(expected.map(({ table, rows }) => [table, rows]));
  const after = new Map(found.map(({ table, rows }) => [table, rows]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((table) => before.get(table) !== null && before.get(table) !== after.get(table))
    .map((table) => ({ table, expected: before.get(table) ?? null, found: after.get(table) ?? null }));
}

/** What is certain from a count just before an instant and one just after it: the tables that both agree on. */
export function mergeCounts(before: readonly TableCount[], after: readonly TableCount[]): readonly TableCount[] {
  const changed = new Set(compareCounts(before, after).map(({ table }) => table));
  const tables = new Map([...before, ...after].map(({ table, rows }) => [table, changed.has(table) ? null : rows]));
  return [...tables].map(([table, rows]) => ({ table, rows }));
}

/** `public.users has 3 rows instead of 5; public.loans is missing` */
export function describeDifferences(differences: readonly CountDifference[]): string {
  return differences.map(describeDifference).join("; ");
}

function describeDifference({ table, expected, found }: CountDifference): string {
  if (found === null) return `${table} is missing`;
  if (expected === null) return `${table} should not be there`;
  return `${table} has ${found} rows instead of ${expected}`;
}
