import { asNodes, asText } from "../../ast.js";
import { ENGINE_SCHEMA, RETIRED_SCHEMA } from "../../engine-tables.js";
import { listParts } from "../schema/schema.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { isNewHere, printId } from "../statement-facts.js";

const HISTORY: ReadonlySet<string> = new Set(["schema_migrations", "system_versions"]);
const VERBS: Readonly<Record<string, string>> = {
  InsertStmt: "writes",
  UpdateStmt: "overwrites",
  DeleteStmt: "deletes from",
  MergeStmt: "overwrites",
  TruncateStmt: "empties",
  DropStmt: "drops",
  AlterTableStmt: "alters",
  RenameStmt: "renames",
};

/** The history decides what runs: who changes it makes a migration run twice, or never. Not even a contract may. */
export const overwriteHistory: Rule = {
  id: "overwrite-history",
  severity: "error",
  harm: "loss",
  about: "changes the record of what has run",
  kinds: [...Object.keys(VERBS), "CopyStmt"],
  check: (statement) => {
    const { kind, fields, file, schema } = statement;
    const isRead = kind === "CopyStmt" && fields["is_from"] !== true;
    // Dumps of other tools carry their history with them.
    const isDumped =
      file.manner === "plain" && (kind === "InsertStmt" || kind === "CopyStmt" || kind === "AlterTableStmt");
    if (isRead || isDumped) return [];
    const touched = tablesOf(statement).find((id) => isHistory(id) && !isNewHere(statement, schema.tables.get(id)));
    if (touched === undefined) return [];
    const message = `${VERBS[kind] ?? "writes"} ${printId(touched)}, the record of what has run: a migration may run twice for it, or never`;
    return [{ message, fix: "Leave the record to what keeps it; `baseline` and `accept` change it with a reason." }];
  },
};

function isHistory(id: string): boolean {
  const dot = id.indexOf(".");
  const schema = id.slice(0, dot);
  return HISTORY.has(id.slice(dot + 1)) || schema === ENGINE_SCHEMA || schema === RETIRED_SCHEMA;
}

function tablesOf({ kind, fields, schema }: JudgedStatement): string[] {
  if (kind === "TruncateStmt") return asNodes(fields["relations"]).map(({ RangeVar }) => schema.tableId(RangeVar));
  if (kind !== "DropStmt") return fields["relation"] === undefined ? [] : [schema.tableId(fields["relation"])];
  if (fields["removeType"] === "OBJECT_SCHEMA")
    return asNodes(fields["objects"]).map((node) => `${asText(listParts([node])[0])}.`);
  if (fields["removeType"] !== "OBJECT_TABLE") return [];
  return asNodes(fields["objects"]).map((object) => schema.idOf(listParts(object), schema.tables));
}
