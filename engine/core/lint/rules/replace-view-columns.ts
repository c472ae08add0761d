import { rangeParts } from "../schema/schema.js";
import { viewOutput } from "../schema/view-output.js";
import type { Rule } from "../rule.js";
import { printId } from "../statement-facts.js";

/** The old columns stay, with their names and in their order; new ones come behind (manual, CREATE VIEW). */
export const replaceViewColumns: Rule = {
  id: "replace-view-columns",
  severity: "error",
  harm: "failure",
  about: "replaces a view by one that lacks a column, or has it elsewhere",
  kinds: ["ViewStmt"],
  check: ({ fields, schema }) => {
    if (fields["replace"] !== true) return [];
    const id = schema.idOf(rangeParts(fields["view"]), schema.tables);
    const [old, fresh] = [schema.tables.get(id)?.output, viewOutput(fields)];
    if (old === undefined || fresh === undefined) return [];
    const at = old.findIndex((column, position) => fresh[position] !== column);
    if (at < 0) return [];
    const message = `replaces view ${printId(id)} by one whose column ${String(at + 1)} is not ${old[at] ?? ""}: PostgreSQL refuses it`;
    return [{ message, fix: `Keep ${old.join(", ")} in that order, and put new columns behind them.` }];
  },
};
