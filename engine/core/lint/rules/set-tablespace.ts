import { asFields, asText, option, type Fields } from "../../ast.js";
import { liveTable } from "../live-table.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { rangeParts } from "../schema/schema.js";
import { alterations, printId } from "../statement-facts.js";

/** The files are copied under ACCESS EXCLUSIVE (manual, ALTER TABLE, SET TABLESPACE). */
export const setTablespace: Rule = {
  id: "set-tablespace",
  severity: "error",
  harm: "stall",
  about: "moves a table or index to another tablespace",
  kinds: ["AlterTableStmt", "AlterTableMoveAllStmt", "AlterDatabaseStmt"],
  check: (statement) => {
    const { fields, kind } = statement;
    if (kind === "AlterTableMoveAllStmt") {
      const [from, to] = [asText(fields["orig_tablespacename"]), asText(fields["new_tablespacename"])];
      return [violation(`everything in the tablespace ${from}`, to)];
    }
    if (kind === "AlterDatabaseStmt") {
      const to = option(fields["options"], "tablespace");
      return to === undefined ? [] : [violation(`the database ${asText(fields["dbname"])}`, nameIn(to))];
    }
    const moved = alterations(statement).find(({ subtype }) => subtype === "AT_SetTableSpace");
    const name = moved && movedRelation(statement);
    return name === undefined ? [] : [violation(name, asText(moved?.["name"]))];
  },
};

/** A partitioned table and its indexes have no files: only what is made later goes elsewhere. */
function movedRelation(statement: JudgedStatement): string | undefined {
  const { schema, fields } = statement;
  const id =
    fields["objtype"] === "OBJECT_INDEX"
      ? schema.idOf(rangeParts(fields["relation"]), schema.indexes)
      : schema.tableId(fields["relation"]);
  const index = schema.indexes.get(id);
  if (index?.maker.isCertain === true && index.maker.file === statement.file.order) return undefined;
  const live = liveTable(statement, index?.table ?? id);
  if (live === undefined || live.table?.kind === "partitioned table") return undefined;
  return printId(id);
}

function nameIn({ arg }: Fields): string {
  return asText(asFields(asFields(arg)["String"])["sval"]);
}

function violation(what: string, tablespace: string): Violation {
  return {
    message: `moves ${what} to the tablespace ${tablespace}: its files are copied while nobody reads or writes`,
    fix: `Let pg_repack move it (--tablespace ${tablespace}), outside a migration: it copies while reads and writes go on. An index is built anew there with CREATE INDEX CONCURRENTLY … TABLESPACE ${tablespace}.`,
  };
}
