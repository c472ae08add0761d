import { asFields, asNodes, type Fields } from "../ast.js";
import { quoteIdentifier } from "../quote-identifier.js";
import type { JudgedStatement } from "./rule.js";
import type { Maker } from "./schema/objects.js";

/** Whether the file itself made it, before this statement, for certain: nobody uses it yet. */
export function isNewHere({ file }: JudgedStatement, made: { readonly maker: Maker } | undefined): boolean {
  return made?.maker.isCertain === true && made.maker.file === file.order;
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

/** Reserved words are not looked for: quoting is never wrong, only longer. */
export function sqlIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}
