import { asFields, asNodes, type Fields } from "../ast.js";
import { quoteIdentifier } from "../quote-identifier.js";
import type { JudgedStatement } from "./rule.js";
import type { Maker } from "./schema/objects.js";

/** Whether the file itself made it, before this statement, as far as the folder shows: nobody uses it yet. */
export function isNewHere({ file }: JudgedStatement, made: { readonly maker: Maker } | undefined): boolean {
  return made !== undefined && isMadeBy(made.maker, file.order);
}

export function isMadeBy({ file, isCertain, isLikely }: Maker, order: bigint): boolean {
  return file === order && (isCertain || isLikely === true);
}

/** The commands of ALTER TABLE, each an `AlterTableCmd`'s fields. */
export function alterations({ fields }: Pick<JudgedStatement, "fields">): Fields[] {
  return asNodes(fields["cmds"]).map((node) => asFields(node["AlterTableCmd"]));
}

/** An id as a person names it: `orders`, `app.orders`. */
export function printId(id: string): string {
  return id.startsWith("public.") ? id.slice("public.".length) : id;
}

/** An id as SQL: quoted only where it must be. */
export function sqlName(id: string): string {
  const dot = id.indexOf(".");
  const parts = id.startsWith("public.") ? [id.slice(dot + 1)] : [id.slice(0, dot), id.slice(dot + 1)];
  return parts.map(sqlIdentifier).join(".");
}

/** A name as SQL: quoted only where it must be. */
export function sqlIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : quoteIdentifier(name);
}

/** Words that are no names without quotes (manual, appendix C: reserved, and those that cannot be a type or function). */
const RESERVED: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog
  current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except
  false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp
  not null offset on only or order placing primary references returning select session_user some symmetric system_user table
  then to trailing true union unique user using variadic when where window with authorization binary collation concurrently
  cross current_schema freeze full ilike inner is isnull join left like natural notnull outer overlaps right similar
  tablesample verbose`.split(/\s+/),
);
