import { asFields, asText, asTexts, fieldsOf, type Fields } from "./ast.js";
import type { AstNode } from "./ports.js";
import { dottedName, quoteIdentifier } from "./quote-identifier.js";

/** An object without rows that a contract makes, so that undo can take it away or put back what it replaced. */
export interface CreatedObject {
  /** As pg_get_object_address names it. */
  readonly objectType: string;
  readonly names: readonly string[];
  readonly spelled: string;
  /** Takes it away; null for a function, which undo leaves where nothing stood before. */
  readonly drop: string | null;
  /** CREATE OR REPLACE: there may have been one before. */
  readonly isReplace: boolean;
}

/** What a CREATE of a view, trigger, index or function makes; undefined for every other statement. */
export function createdObject(kind: string, node: AstNode): CreatedObject | undefined {
  const fields = fieldsOf(node);
  const isReplace = fields["replace"] === true;
  switch (kind) {
    case "ViewStmt": {
      const names = relationNames(asFields(fields["view"]));
      return {
        objectType: "view",
        names,
        spelled: dottedName(names),
        drop: `DROP VIEW IF EXISTS ${dottedName(names)}`,
        isReplace,
      };
    }
    case "CreateTrigStmt": {
      const [table, trigger] = [relationNames(asFields(fields["relation"])), asText(fields["trigname"])];
      const drop = `DROP TRIGGER IF EXISTS ${quoteIdentifier(trigger)} ON ${dottedName(table)}`;
      return {
        objectType: "trigger",
        names: [...table, trigger],
        spelled: dottedName([...table, trigger]),
        drop,
        isReplace,
      };
    }
    case "IndexStmt": {
      if (asText(fields["idxname"]) === "") return undefined;
      const names = [...relationNames(asFields(fields["relation"])).slice(0, -1), asText(fields["idxname"])];
      return {
        objectType: "index",
        names,
        spelled: dottedName(names),
        drop: `DROP INDEX IF EXISTS ${dottedName(names)}`,
        isReplace: false,
      };
    }
    case "CreateFunctionStmt": {
      const names = asTexts(fields["funcname"]);
      return { objectType: "routine", names, spelled: dottedName(names), drop: null, isReplace };
    }
    default:
      return undefined;
  }
}

function relationNames(relation: Fields): string[] {
  return [asText(relation["schemaname"]), asText(relation["relname"])].filter((part) => part !== "");
}
