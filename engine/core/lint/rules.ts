import type { Rule } from "./rule.js";
import { addColumnVolatileDefault } from "./rules/add-column-volatile-default.js";
import { cannotTell } from "./rules/cannot-tell.js";
import { createIndexBlocking } from "./rules/create-index-blocking.js";
import { dropTable } from "./rules/drop-table.js";
import { setNotNull } from "./rules/set-not-null.js";

/** What nobody can read before it runs is never safe. */
export const CANNOT_TELL: Rule = cannotTell;

/** All rules, by id. One a file; its page is docs/rules/<id>.md. */
export const RULES: readonly Rule[] = [
  addColumnVolatileDefault,
  cannotTell,
  createIndexBlocking,
  dropTable,
  setNotNull,
];

/** The rules that look at a kind of statement. */
export const RULES_OF: ReadonlyMap<string, readonly Rule[]> = new Map(
  [...new Set(RULES.flatMap(({ kinds }) => kinds))].map((kind) => [
    kind,
    RULES.filter((rule) => rule.kinds.includes(kind)),
  ]),
);

/** What a comment may name. */
export const RULE_IDS: ReadonlySet<string> = new Set(RULES.map(({ id }) => id));
