import { newForeignKeys, newTypes, type NewForeignKey } from "../foreign-keys.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import type { TypeName } from "../schema/objects.js";
import { printType } from "../schema/type-names.js";
import { printId } from "../statement-facts.js";

export const fkTypeMismatch: Rule = {
  id: "fk-type-mismatch",
  severity: "warning",
  harm: "practice",
  about: "gives a foreign key another type than the key it points at",
  kinds: ["AlterTableStmt", "CreateStmt"],
  check: (statement) => newForeignKeys(statement.node).flatMap((key) => mismatches(key, statement)),
};

function mismatches(key: NewForeignKey, { node, schema, fields }: JudgedStatement): Violation[] {
  const own = schema.tableId(fields["relation"]);
  const parent = schema.table(key.references);
  const written = newTypes(node);
  const primary = [...(parent?.constraints.values() ?? [])].find(({ kind }) => kind === "primary key")?.columns ?? [];
  const keyColumns = key.keyColumns.length > 0 ? key.keyColumns : primary;
  return key.columns.flatMap((column, position): Violation[] => {
    const there = keyColumns[position] ?? "";
    const type = written.get(column) ?? schema.tables.get(own)?.columns.get(column)?.type;
    const wanted = parent?.columns.get(there)?.type;
    if (type === undefined || wanted === undefined || !differs(type, wanted)) return [];
    const pair = `${printId(own)}.${column} (${type.name}) point at ${printId(parent?.id ?? "")}.${there} (${wanted.name})`;
    const fix = `${column} ${printType(wanted)}`;
    if (isIncomparable(type, wanted))
      return [{ message: `fails: it lets ${pair}, and no value of one equals the other's`, severity: "error", fix }];
    return [{ message: `lets ${pair}: values of the wider type do not fit, and every join converts`, fix }];
  });
}

const SERIAL: Readonly<Record<string, string>> = { serial: "int4", bigserial: "int8", smallserial: "int2" };
const TEXTS: ReadonlySet<string> = new Set(["text", "varchar", "bpchar"]);
/** Types that PostgreSQL compares with each other by the operators of one index. */
const FAMILIES: readonly ReadonlySet<string>[] = [
  new Set(["int2", "int4", "int8"]),
  new Set(["numeric"]),
  new Set(["float4", "float8"]),
  TEXTS,
  new Set(["date", "timestamp", "timestamptz"]),
  new Set(["uuid"]),
  new Set(["bool"]),
];

function differs(a: TypeName, b: TypeName): boolean {
  const [one, other] = [plainName(a), plainName(b)];
  const isText = TEXTS.has(one) && TEXTS.has(other);
  return one !== "" && other !== "" && one !== other && !isText;
}

/** Numbers, narrow to wide: what points is converted to the type of the key, where that needs no cast. */
const WIDENS: readonly (readonly [from: string, to: string])[] = [
  ["int8", "numeric"],
  ["int8", "float8"],
  ["numeric", "float8"],
];

/** Of types that stand in no family nothing is said: domains, enums, types of extensions. */
function isIncomparable(a: TypeName, b: TypeName): boolean {
  const [one, other] = [a, b].map((type) => FAMILIES.find((family) => family.has(plainName(type))));
  if (one === undefined || other === undefined || one === other) return false;
  return !WIDENS.some(([from, to]) => one.has(from) && other.has(to));
}

function plainName({ name }: TypeName): string {
  return SERIAL[name] ?? name;
}
