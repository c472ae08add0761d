/** What tells which databases a database goes back to. */
export interface Descended {
  readonly resourceId: string;
  /** Of the database whose backup it was restored from. */
  readonly restoredFromResource?: string;
  readonly supersedes: readonly string[];
}

/** Its own resource id, and those of all it was restored from or took the place of, as far as they are known. */
export function lineageOf(database: Descended, all: readonly Descended[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [database.resourceId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    const known = id === database.resourceId ? database : all.find(({ resourceId }) => resourceId === id);
    if (known?.restoredFromResource !== undefined) open.push(known.restoredFromResource);
    open.push(...(known?.supersedes ?? []));
  }
  return found;
}

/** Whether both go back to one database. */
export function isRelated(a: Descended, b: Descended, all: readonly Descended[]): boolean {
  const [ours, theirs] = [lineageOf(a, all), lineageOf(b, all)];
  return [...ours].some((id) => theirs.has(id));
}
