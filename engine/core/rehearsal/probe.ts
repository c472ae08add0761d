import { LOCK_MODES, type LockMode } from "../lock-modes.js";
import type { ObservedLock } from "./rehearsal-report.js";

/** A relation of the application as the catalog has it. */
export interface ProbedRelation {
  readonly oid: string;
  /** As SQL names it, with its schema. */
  readonly name: string;
  /** pg_class.relkind */
  readonly kind: string;
  /** Of its storage; `0` where it has none. */
  readonly file: string;
  /** Of an index: its table's OID. */
  readonly onTable: string | null;
  /** Scans from end to end so far. */
  readonly scans: number;
}

/** All relations and the locks of one session, at one instant. By OID. */
export interface Probe {
  readonly relations: ReadonlyMap<string, ProbedRelation>;
  /** The strongest of each relation. */
  readonly locks: ReadonlyMap<string, LockMode>;
}

export interface Observation {
  readonly locks: readonly ObservedLock[];
  readonly rewrites: readonly string[];
  readonly scans: readonly string[];
}

/**
 * What happened between two probes to relations that were there before the file: nobody else can use those it made.
 * @param old relations from before the file
 */
export function observe(old: Probe["relations"], before: Probe, after: Probe): Observation {
  return {
    locks: newLocks(old, before, after),
    rewrites: rewritten(old, before, after),
    scans: [...after.relations.values()].flatMap(({ oid, name, scans, kind }) =>
      old.has(oid) && TABLES.has(kind) && scans > (before.relations.get(oid)?.scans ?? 0) ? name : [],
    ),
  };
}

const TABLES: ReadonlySet<string> = new Set(["r", "m", "p", "f"]);
const INDEXES: ReadonlySet<string> = new Set(["i", "I"]);

function newLocks(old: Probe["relations"], before: Probe, after: Probe): ObservedLock[] {
  return [...after.locks].flatMap(([oid, mode]): ObservedLock[] => {
    const relation = old.get(oid);
    if (relation === undefined || !isStronger(mode, before.locks.get(oid))) return [];
    // Whoever holds the table may do with its indexes what he likes; a value taken from a sequence is no lock worth telling.
    const isCovered = relation.onTable !== null && !isStronger(mode, after.locks.get(relation.onTable));
    if (isCovered || (relation.kind === "S" && !isStrong(mode))) return [];
    return [{ relation: relation.name, mode, isStrong: isStrong(mode) }];
  });
}

/** A table or index whose storage is another one; an index that was built anew under its name. */
function rewritten(old: Probe["relations"], before: Probe, after: Probe): string[] {
  const byName = new Map([...before.relations.values()].map((relation) => [relation.name, relation]));
  const found = [...after.relations.values()].filter((relation) => {
    const was =
      before.relations.get(relation.oid) ?? (INDEXES.has(relation.kind) ? byName.get(relation.name) : undefined);
    return (
      was !== undefined &&
      relation.kind !== "S" &&
      old.has(was.oid) &&
      relation.file !== "0" &&
      relation.file !== was.file
    );
  });
  const tables = new Set(found.filter(({ kind }) => !INDEXES.has(kind)).map(({ oid }) => oid));
  // A table that is written anew brings its indexes with it.
  return found.filter(({ onTable }) => onTable === null || !tables.has(onTable)).map(({ name }) => name);
}

/** SHARE or stronger: what stops writers. */
export function isStrong(mode: LockMode): boolean {
  return LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf("ShareLock");
}

export function isStronger(mode: LockMode, than: LockMode | undefined): boolean {
  return LOCK_MODES.indexOf(mode) > (than === undefined ? -1 : LOCK_MODES.indexOf(than));
}
