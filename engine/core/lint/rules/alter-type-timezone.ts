import { castsCost } from "../cast-cost.js";
import { alteredLiveTable } from "../live-table.js";
import type { Rule } from "../rule.js";
import { runsInUtc } from "../session-time-zone.js";
import { printType } from "../schema/type-names.js";
import { typeChanges } from "../type-change.js";

/** Both are stored as UTC: in that time zone no value changes (release notes of 12). */
export const alterTypeTimezone: Rule = {
  id: "alter-type-timezone",
  severity: "error",
  harm: "stall",
  about: "changes between timestamp and timestamptz outside UTC",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined || runsInUtc(statement)) return [];
    return typeChanges(statement, live)
      .filter(({ from }) => from !== undefined && from.generated !== "virtual")
      .filter(({ from, casts }) => from && casts && castsCost(from.type, casts, statement.schema) === "nothing in UTC")
      .map(({ column, from, to }) => ({
        message: `changes ${live.name}.${column} from ${from === undefined ? "" : printType(from.type)} to ${printType(to)} in a session whose time zone may not be UTC: the table is written anew while nobody reads or writes`,
        fix: `-- in UTC, which is how both types are stored, no value changes:\nSET timezone = 'UTC';\n${statement.inside === undefined ? statement.text : ""};`,
      }));
  },
};
