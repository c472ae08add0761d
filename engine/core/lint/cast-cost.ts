import { constrainedDomain, storedType } from "./known-types.js";
import type { TypeName } from "./schema/objects.js";
import type { Schema } from "./schema/schema.js";
import { sameType } from "./schema/type-names.js";

/**
 * What a change of a column's type costs: `nothing` where the stored values serve as they are, `nothing in UTC` where they do
 * while the session's time zone is UTC, else every row is written anew. Each line was observed on PostgreSQL 18
 * (pg_class.relfilenode); the sources are pg_cast (casts WITHOUT FUNCTION) and the types' support functions.
 */
export type CastCost = "nothing" | "nothing in UTC" | "rewrite";

export function castCost(from: TypeName, to: TypeName, schema: Schema): CastCost {
  if (isSame(from, to, schema)) return "nothing";
  if (constrainedDomain(to, schema) !== undefined) return "rewrite";
  return storedCost(asBase(from, schema), storedType(to, schema), schema);
}

/** The dearest of several. */
export function castsCost(from: TypeName, casts: readonly TypeName[], schema: Schema): CastCost {
  let [current, dearest]: [TypeName, CastCost] = [from, "nothing"];
  for (const next of casts) {
    const cost = castCost(current, next, schema);
    if (cost === "rewrite" || (cost === "nothing in UTC" && dearest === "nothing")) dearest = cost;
    current = next;
  }
  return dearest;
}

/** Types whose indexes serve each other; a type that is not listed has indexes of its own. */
export function indexFamily(type: TypeName, schema: Schema): string {
  const { name, isArray } = storedType(type, schema);
  return `${INDEX_FAMILIES[name] ?? name}${isArray ? "[]" : ""}`;
}

const INDEX_FAMILIES: Readonly<Record<string, string>> = {
  varchar: "text",
  cidr: "inet",
  ...Object.fromEntries(oidAliases().map((name) => [name, "oid"])),
};

/** Casts WITHOUT FUNCTION, where the new type has no limit. */
const FREE: ReadonlySet<string> = new Set([
  ...["text varchar", "varchar text", "text bpchar", "varchar bpchar", "xml text", "xml varchar"],
  ...["citext text", "citext varchar", "citext bpchar", "text citext", "varchar citext"],
  ...["cidr inet", "bit varbit"],
  ...["oid", ...oidAliases()].flatMap((name) => [`int4 ${name}`, `${name} int4`, `oid ${name}`, `${name} oid`]),
]);

function oidAliases(): string[] {
  const names = "class collation config dictionary namespace oper operator proc procedure role type";
  return names.split(" ").map((name) => `reg${name}`);
}

/** What a domain's value is while it is cast: the limit of its base type is forgotten. */
function asBase(from: TypeName, schema: Schema): TypeName {
  const base = storedType(from, schema);
  return base === from ? from : { ...base, modifiers: [] };
}

function isSame(from: TypeName, to: TypeName, schema: Schema): boolean {
  if (!isExact(from) || !isExact(to)) return false;
  const [own, its] = [schema.type(from), schema.type(to)];
  return own === undefined || its === undefined
    ? sameType({ ...from, name: plain(from.name) }, { ...to, name: plain(to.name) })
    : own.id === its.id && sameType({ ...from, name: own.id }, { ...to, name: its.id });
}

function storedCost(from: TypeName, to: TypeName, schema: Schema): CastCost {
  if (isSame(from, to, schema)) return "nothing";
  if (from.isArray || to.isArray) return from.isArray && to.isArray ? arrayCost(from, to, schema) : "rewrite";
  if (from.name === to.name) return LIMITS[from.name]?.(from.modifiers, to.modifiers) === true ? "nothing" : "rewrite";
  const isUnlimited = to.modifiers.length === 0 || to.modifiers[0] === FINEST;
  if (TIMESTAMPS.has(from.name) && TIMESTAMPS.has(to.name)) return isUnlimited ? "nothing in UTC" : "rewrite";
  return FREE.has(`${plain(from.name)} ${plain(to.name)}`) && to.modifiers.length === 0 ? "nothing" : "rewrite";
}

/** Elements are not looked at one by one: only a limit that falls away costs nothing. */
function arrayCost(from: TypeName, to: TypeName, schema: Schema): CastCost {
  return isSame({ ...from, modifiers: [] }, to, schema) ? "nothing" : "rewrite";
}

const TIMESTAMPS: ReadonlySet<string> = new Set(["timestamp", "timestamptz"]);
/** Digits of a second that are stored anyway. */
const FINEST = 6;

type Limits = readonly number[];

/** Whether every value within the old limits is one within the new ones as it is. */
const LIMITS: Readonly<Record<string, (from: Limits, to: Limits) => boolean>> = {
  varchar: isLonger,
  varbit: isLonger,
  bpchar: (_, to) => to.length === 0,
  numeric: ([precision, scale = 0], [newPrecision, newScale = 0]) =>
    newPrecision === undefined || (precision !== undefined && newScale === scale && newPrecision >= precision),
  timestamp: isFiner,
  timestamptz: isFiner,
  time: isFiner,
  timetz: isFiner,
  interval: (from, to) => {
    const hasSeconds = smallestField(from[0]) === 0;
    return isSmallerField(from[0], to[0]) && (!hasSeconds || isFiner(from.slice(1), to.slice(1)));
  },
};

function isLonger([length]: Limits, [newLength]: Limits): boolean {
  return newLength === undefined || (length !== undefined && newLength >= length);
}

function isFiner([digits = FINEST]: Limits, [newDigits = FINEST]: Limits): boolean {
  return newDigits >= Math.min(digits, FINEST);
}

/** Of `interval day to second`: the bits of its fields (PostgreSQL's source, utils/timestamp.h). The smallest one decides. */
const FIELD_BITS: readonly (readonly [bit: number, size: number])[] = [
  [1 << 12, 0],
  [1 << 11, 1],
  [1 << 10, 2],
  [1 << 3, 3],
  [1 << 1, 4],
  [1 << 2, 5],
];

function isSmallerField(fields: number | undefined, newFields: number | undefined): boolean {
  return smallestField(newFields) <= smallestField(fields);
}

function smallestField(fields: number | undefined): number {
  if (fields === undefined) return 0;
  return FIELD_BITS.find(([bit]) => (fields & bit) !== 0)?.[1] ?? 0;
}

/** A limit that the tree does not hold as a number (`geometry(Point)`) reads as zero: nobody can compare it. */
function isExact({ name, modifiers }: TypeName): boolean {
  return name === "numeric" || !modifiers.includes(0) || TIMES.has(name);
}

const TIMES: ReadonlySet<string> = new Set(["timestamp", "timestamptz", "time", "timetz", "interval"]);

/** An extension's type may stand with its schema. */
function plain(name: string): string {
  return name.replace(/^public\./, "").replace(/^\w+\.citext$/, "citext");
}
