import { asFields, asNodes, asText, option, type Fields } from "../../ast.js";
import { objectParts } from "../object-names.js";
import { isOwnTable } from "../own-tables.js";
import { roleName } from "../role-name.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { rangeParts } from "../schema/schema.js";
import { isNewHere, printId } from "../statement-facts.js";

/** Rights that an application's statements need; with the others it makes objects. */
const NEEDED: ReadonlySet<string> = new Set("select insert update delete usage execute connect set".split(" "));

export const revoke: Rule = {
  id: "revoke",
  severity: "error",
  harm: "break",
  about: "takes rights away that the running release may need",
  kinds: ["GrantStmt", "GrantRoleStmt"],
  isContractsWork: true,
  check: (statement) => (statement.kind === "GrantRoleStmt" ? ofRole(statement) : ofObjects(statement)),
};

function ofObjects(statement: JudgedStatement): Violation[] {
  const { fields } = statement;
  if (fields["is_grant"] === true) return [];
  const named = asNodes(fields["objects"]).map((object) => lookUp(statement, object));
  const isOnObjects = fields["targtype"] === "ACL_TARGET_OBJECT";
  if (isOnObjects && named.every(({ isOwn }) => isOwn)) return [];
  const rights = asNodes(fields["privileges"]).map((node) => asText(asFields(node["AccessPriv"])["priv_name"]));
  const names = named.map(({ name }) => name).join(", ");
  const on = isOnObjects ? names : `all of schema ${names}`;
  const what = `revokes ${rights.length === 0 ? "ALL" : rights.join(", ").toUpperCase()} on ${on} from ${grantees(fields["grantees"])}`;
  const isMild = fields["grant_option"] === true || (rights.length > 0 && !rights.some((right) => NEEDED.has(right)));
  return [
    {
      message: `${what}: what of the release still running needs it is refused at once`,
      ...(isMild && { severity: "warning" }),
    },
  ];
}

function ofRole({ fields }: JudgedStatement): Violation[] {
  if (fields["is_grant"] === true) return [];
  const roles = asNodes(fields["granted_roles"]).map((node) => asText(asFields(node["AccessPriv"])["priv_name"]));
  const message = `revokes membership in ${roles.join(", ")} from ${grantees(fields["grantee_roles"])}: what it does by the rights of that role is refused at once`;
  const isOption = ["admin", "inherit", "set"].some((name) => option(fields["opt"], name) !== undefined);
  return [{ message, ...(isOption && { severity: "warning" }) }];
}

function grantees(value: unknown): string {
  return asNodes(value)
    .map((node) => roleName(asFields(node["RoleSpec"])))
    .join(", ");
}

interface Named {
  readonly name: string;
  readonly isOwn: boolean;
}

function lookUp(statement: JudgedStatement, object: Fields): Named {
  const { schema, fields } = statement;
  const relation = object["RangeVar"];
  const parts = relation === undefined ? objectParts(object) : rangeParts(relation);
  const name = printId(parts.join("."));
  switch (fields["objtype"]) {
    case "OBJECT_TABLE": {
      const id = schema.idOf(parts, schema.tables);
      return { name, isOwn: isOwnTable(statement, id) || isNewHere(statement, schema.tables.get(id)) };
    }
    case "OBJECT_SEQUENCE":
      return { name, isOwn: isNewHere(statement, schema.sequences.get(schema.idOf(parts, schema.sequences))) };
    case "OBJECT_FUNCTION":
    case "OBJECT_PROCEDURE":
    case "OBJECT_ROUTINE":
      return { name, isOwn: isOwnRoutine(statement, parts) };
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN":
      return { name, isOwn: isNewHere(statement, schema.types.get(schema.idOf(parts, schema.types))) };
    case "OBJECT_SCHEMA": {
      const maker = schema.schemas.get(parts[0] ?? "");
      return { name, isOwn: maker !== undefined && isNewHere(statement, { maker }) };
    }
    default:
      return { name, isOwn: false };
  }
}

function isOwnRoutine(statement: JudgedStatement, parts: readonly string[]): boolean {
  const overloads = statement.schema.routinesNamed(parts);
  return overloads.length > 0 && overloads.every((one) => isNewHere(statement, one));
}
