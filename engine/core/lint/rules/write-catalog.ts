import { asText } from "../../ast.js";
import { rangeParts } from "../schema/schema.js";
import type { Rule } from "../rule.js";

const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(["pg_catalog", "information_schema"]);
const VERBS: Readonly<Record<string, string>> = {
  InsertStmt: "inserts into",
  UpdateStmt: "updates",
  DeleteStmt: "deletes from",
  MergeStmt: "changes",
};

/** The server believes its catalog: it checks nothing of what is written there, and caches what it was (manual, "System Catalogs"). */
export const writeCatalog: Rule = {
  id: "write-catalog",
  severity: "error",
  harm: "loss",
  about: "writes the server's own catalog",
  kinds: Object.keys(VERBS),
  check: ({ kind, fields, schema }) => {
    const parts = rangeParts(fields["relation"]);
    const name = parts.at(-1) ?? "";
    const isSystems =
      parts.length > 1
        ? SYSTEM_SCHEMAS.has(asText(parts[0]))
        : /^pg_[a-z]/.test(name) && schema.table(fields["relation"]) === undefined;
    if (!isSystems) return [];
    const message = `${VERBS[kind] ?? "changes"} ${name}, the server's own catalog, by hand: nothing checks that it still fits the tables and files it stands for`;
    return [
      { message, fix: "Use the ALTER, CREATE or DROP that makes the change; a managed server refuses this one." },
    ];
  },
};
