import { quoteLiteral } from "../quote-identifier.js";

/** A column that is to be filled. */
export interface SeedColumn {
  readonly name: string;
  /** As SQL, with length: `character varying(10)`. */
  readonly type: string;
  /** pg_type.typname of the type itself, or of what a domain is based on: `varchar`, `_int4`. */
  readonly base: string;
  /** pg_type.typcategory of that type. */
  readonly category: string;
  /** Longest text; null where there is no limit. */
  readonly length: number | null;
  /** Of an enum. */
  readonly labels: readonly string[];
  /** Text constants of the CHECKs that name the column: one of them will do where nothing else does. */
  readonly constants: readonly string[];
  readonly isRequired: boolean;
}

/**
 * Values for the nth row, most ordinary first, as SQL expressions; none where nothing is known of the type. Numbers begin with
 * 1, since so many columns must be positive, and texts differ from row to row.
 * @param n 1 to 26
 */
export function seedValues(column: SeedColumn, n: number): string[] {
  const { constants, labels, type } = column;
  const label = labels[(n - 1) % Math.max(1, labels.length)];
  if (label !== undefined) return [`${quoteLiteral(label)}::${type}`];
  const texts = column.category === "S" ? textValues(column, n) : (ofType(column, n) ?? []);
  const fromChecks = constants.length === 0 ? [] : [constants[(n - 1) % constants.length] ?? ""];
  return [...fromChecks, ...texts].map((text) => `${quoteLiteral(text)}::${type}`);
}

/** Plain, then what a CHECK commonly asks of a text. */
function textValues({ length, base }: SeedColumn, n: number): string[] {
  if (base === "name") return [`seed_${n}`];
  const letter = String.fromCharCode(96 + n);
  const names = [`seed-${n}`, `seed${letter}`, `SEED${letter.toUpperCase()}`, String(n)];
  const all = [`seed ${n}`, `https://example.com/${n}`, `seed-${n}@example.com`, ...names];
  return [
    ...new Set(all.map((text) => (length === null || text.length <= length ? text : String(n).slice(0, length)))),
  ];
}

function ofType({ base, category }: SeedColumn, n: number): string[] | undefined {
  if (category === "A") return ["{}"];
  if (category === "R") return ["empty"];
  if (category === "N" && base !== "oid") return [String(n), String(1000 + n)];
  return BY_TYPE[base]?.(n);
}

const day = (n: number): string => `2026-01-${String((n % 28) + 1).padStart(2, "0")}`;

const BY_TYPE: Readonly<Partial<Record<string, (n: number) => string[]>>> = {
  bool: (n) => (n % 2 === 1 ? ["true", "false"] : ["false", "true"]),
  date: (n) => [day(n)],
  timestamp: (n) => [`${day(n)} 12:00:00`],
  timestamptz: (n) => [`${day(n)} 12:00:00+00`],
  time: (n) => [`12:00:${String(n % 60).padStart(2, "0")}`],
  timetz: (n) => [`12:00:${String(n % 60).padStart(2, "0")}+00`],
  interval: (n) => [`${n} days`],
  uuid: (n) => [`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`],
  json: (n) => [`{"seed": ${n}}`],
  jsonb: (n) => [`{"seed": ${n}}`],
  xml: (n) => [`<seed>${n}</seed>`],
  bytea: (n) => [`\\x${String(n % 100).padStart(2, "0")}`],
  inet: (n) => [`192.0.2.${n % 250}`],
  cidr: (n) => [`192.0.${n % 250}.0/24`],
  macaddr: (n) => [`02:00:00:00:00:${String(n % 100).padStart(2, "0")}`],
  point: (n) => [`(${n},${n})`],
  tsvector: (n) => [`seed${n}`],
  bit: () => ["1"],
  varbit: () => ["1"],
};
