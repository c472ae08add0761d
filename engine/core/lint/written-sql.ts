import { asFields, asText, type Fields } from "../ast.js";
import { codeOnly, scanText } from "../scan-text.js";
import type { AddedColumn } from "./added-columns.js";
import type { JudgedStatement } from "./rule.js";
import { sqlIdentifier } from "./statement-facts.js";

/** The parts of an ALTER TABLE as its author wrote them. */
export interface WrittenAlterTable {
  /** `numeric(10, 2)`, with its COLLATE. */
  type(definition: Fields, constraints?: readonly Fields[]): string;
  /** A new column without its constraints of some kinds: `amount int DEFAULT 0`. */
  column(column: AddedColumn, without: readonly string[]): string;
  /** What stands behind DEFAULT. */
  defaultValue(column: AddedColumn): string | undefined;
  /** `CONSTRAINT positive CHECK (total > 0)`; of a column, up to its next constraint. */
  constraint(fields: Fields, siblings?: readonly Fields[]): string;
  /** What stands behind USING of a change of type. */
  using(definition: Fields): string | undefined;
}

const HEAD = /^\s*ALTER\s+(?:FOREIGN\s+)?TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?/i;

/**
 * The tree's locations count bytes of the text that was parsed; where the table's name stands in both, the statement's own text is
 * found in it. Undefined inside a body, whose text is another one.
 */
export function writtenAlterTable({ text, fields, inside, around }: JudgedStatement): WrittenAlterTable | undefined {
  const head = HEAD.exec(withoutComments(text))?.[0];
  const name = asFields(fields["relation"])["location"];
  if (head === undefined || typeof name !== "number" || inside !== undefined || around.length > 0) return undefined;
  const bytes = new TextEncoder().encode(text);
  const start = name - new TextEncoder().encode(text.slice(0, head.length)).length;
  const from = (location: number, stops: readonly number[] = []): string => {
    const end = Math.min(...stops.filter((stop) => stop > location), start + bytes.length);
    return upToComma(new TextDecoder().decode(bytes.subarray(location - start, end - start)));
  };
  const type = (definition: Fields, constraints: readonly Fields[] = []): string =>
    from(locationOf(asFields(definition["typeName"])), constraints.map(locationOf)).replace(/\s+USING\s[\s\S]*$/i, "");
  const constraint = (fields: Fields, siblings: readonly Fields[] = []): string =>
    from(locationOf(fields), siblings.filter(standsAlone).map(locationOf));
  return {
    type,
    constraint,
    column: ({ name, definition, constraints }, without) => {
      const kept = constraints.filter((one) => standsAlone(one) && !without.includes(asText(one["contype"])));
      const parts = [
        sqlIdentifier(name),
        type(definition, constraints),
        ...kept.map((one) => constraint(one, constraints)),
      ];
      return parts.join(" ");
    },
    defaultValue: ({ constraints }) => {
      const found = constraints.find(({ contype }) => contype === "CONSTR_DEFAULT");
      return found && constraint(found, constraints).replace(/^DEFAULT\s*/i, "");
    },
    using: (definition) => {
      const rest = from(locationOf(asFields(definition["typeName"])));
      const found = /\sUSING\b\s*/i.exec(codeOnly(rest));
      return found === null ? undefined : rest.slice(found.index + found[0].length);
    },
  };
}

/** DEFERRABLE and its like belong to the constraint before them. */
function standsAlone({ contype }: Fields): boolean {
  return !asText(contype).startsWith("CONSTR_ATTR_");
}

/** Zero is left out of the tree, but no part of a statement stands there. */
function locationOf(fields: Fields): number {
  const { location } = fields;
  return typeof location === "number" ? location : 0;
}

function withoutComments(text: string): string {
  return scanText(text)
    .map(({ kind, offset, end }) =>
      kind.endsWith("comment") ? text.slice(offset, end).replace(/[^\n]/g, " ") : text.slice(offset, end),
    )
    .join("");
}

/** A command of the list ends at a comma outside brackets; the statement at a semicolon. */
function upToComma(text: string): string {
  let depth = 0;
  const code = codeOnly(text);
  for (let index = 0; index < code.length; index++) {
    const character = code.charAt(index);
    if (character === "(" || character === "[") depth++;
    if (character === ")" || character === "]") depth--;
    const isOver = depth < 0 || (depth === 0 && (character === "," || character === ";"));
    if (isOver) return withoutComments(text.slice(0, index)).trim();
  }
  return withoutComments(text).trim();
}
