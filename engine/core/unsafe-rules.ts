import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, type Fields } from "./ast.js";
import type { AstNode } from "./ports.js";

/** What a statement destroys or breaks for the releases still running, as the end of a sentence; undefined: nothing. */
export function destructionOf(node: AstNode): string | undefined {
  return RULES.get(kindOf(node))?.(fieldsOf(node));
}

type Rule = (fields: Fields) => string | undefined;

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["DropStmt", (fields) => `drops ${wordOf(fields["removeType"])} ${objectsOf(fields)}`.trim()],
  ["DropRoleStmt", () => "drops a role"],
  ["DropOwnedStmt", () => "drops everything a role owns"],
  ["DropdbStmt", () => "drops a database"],
  ["DropTableSpaceStmt", () => "drops a tablespace"],
  ["DropSubscriptionStmt", () => "drops a subscription"],
  ["DropUserMappingStmt", () => "drops a user mapping"],
  ["TruncateStmt", (fields) => `truncates ${relationsOf(fields["relations"])}`],
  ["DeleteStmt", (fields) => (isUnbound(fields) ? `deletes every row of ${relationOf(fields)}` : undefined)],
  ["UpdateStmt", (fields) => (isUnbound(fields) ? `overwrites every row of ${relationOf(fields)}` : undefined)],
  ["MergeStmt", mergeRule],
  ["RenameStmt", renameRule],
  [
    "AlterObjectSchemaStmt",
    (fields) => `moves ${wordOf(fields["objectType"])} ${relationOf(fields)} to another schema`,
  ],
  [
    "AlterEnumStmt",
    (fields) => (fields["oldVal"] === undefined ? undefined : `renames the value ${asText(fields["oldVal"])}`),
  ],
  ["AlterTableStmt", alterTableRule],
  ["AlterDomainStmt", (fields) => (fields["subtype"] === "X" ? "drops a constraint of a domain" : undefined)],
  [
    "AlterPublicationStmt",
    (fields) => (fields["action"] === "AP_DropObjects" ? "drops tables from a publication" : undefined),
  ],
]);

const DROPPING_FORMS: ReadonlyMap<unknown, string> = new Map([
  ["AT_DropColumn", "drops column"],
  ["AT_DropConstraint", "drops constraint"],
  ["AT_DropIdentity", "drops the identity of column"],
  ["AT_DropExpression", "drops the expression of column"],
]);

function alterTableRule(fields: Fields): string | undefined {
  const drops = asNodes(fields["cmds"]).flatMap((node) => {
    const command = asFields(node["AlterTableCmd"]);
    const verb = DROPPING_FORMS.get(command["subtype"]);
    return verb === undefined ? [] : `${verb} ${relationOf(fields)}.${asText(command["name"])}`;
  });
  return drops.length === 0 ? undefined : drops.join(" and ");
}

/** Nothing but PostgreSQL itself looks an index up by its name, so its rename breaks nobody. */
function renameRule(fields: Fields): string | undefined {
  if (fields["renameType"] === "OBJECT_INDEX") return undefined;
  const parts = [relationOf(fields), asText(fields["subname"])].filter((part) => part !== "");
  return `renames ${wordOf(fields["renameType"])} ${parts.join(".")}`.trim();
}

function mergeRule(fields: Fields): string | undefined {
  const isDestructive = asNodes(fields["mergeWhenClauses"]).some((node) => {
    const clause = asFields(node["MergeWhenClause"]);
    if (clause["commandType"] === "CMD_DELETE") return true;
    const isUnmatched = clause["matchKind"] === "MERGE_WHEN_NOT_MATCHED_BY_SOURCE";
    return isUnmatched && clause["commandType"] === "CMD_UPDATE" && clause["condition"] === undefined;
  });
  return isDestructive ? `deletes or overwrites rows of ${relationOf(fields)} by MERGE` : undefined;
}

/** No WHERE, or one that holds for every row whatever is in it. */
function isUnbound(fields: Fields): boolean {
  const where = fields["whereClause"];
  return where === undefined || isConstant(asFields(where));
}

function isConstant(node: AstNode): boolean {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "A_Const":
      return true;
    case "TypeCast":
      return isConstant(asFields(fields["arg"]));
    case "A_Expr":
      return isConstant(asFields(fields["lexpr"])) && isConstant(asFields(fields["rexpr"]));
    case "BoolExpr":
      return asNodes(fields["args"]).every(isConstant);
    case "NullTest":
      return isConstant(asFields(fields["arg"]));
    default:
      return false;
  }
}

function wordOf(objectType: unknown): string {
  return asText(objectType)
    .replace("OBJECT_", "")
    .replace("MATVIEW", "MATERIALIZED_VIEW")
    .replace("TABCONSTRAINT", "CONSTRAINT")
    .replaceAll("_", " ")
    .toLowerCase();
}

function objectsOf(fields: Fields): string {
  return asNodes(fields["objects"]).map(objectName).join(", ");
}

function objectName(object: AstNode): string {
  const named = asFields(object["ObjectWithArgs"])["objname"] ?? asFields(object["TypeName"])["names"];
  const parts = named === undefined ? asTexts("String" in object ? [object] : object) : asTexts(named);
  return parts.join(".");
}

function relationsOf(relations: unknown): string {
  return asNodes(relations)
    .map((node) => rangeName(asFields(node["RangeVar"])))
    .join(", ");
}

function relationOf(fields: Fields): string {
  const relation = fields["relation"];
  return relation === undefined ? objectName(asFields(fields["object"])) : rangeName(asFields(relation));
}

function rangeName(fields: Fields): string {
  return [asText(fields["schemaname"]), asText(fields["relname"])].filter((part) => part !== "").join(".");
}
