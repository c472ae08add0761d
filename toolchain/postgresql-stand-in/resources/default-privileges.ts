import { isTrue, itemsOf, textOf, type Values } from "../attributes.js";
import { areWanted, CATALOG_KINDS, inProviderOrder, placesExist, refuseUnknownPrivileges } from "../privileges.js";
import { quoteName } from "../quote.js";
import type { Resource, ResourceType } from "../resource-type.js";
import { lockRole, prefixed, roleOid, withMembership } from "../roles.js";
import type { PostgresServer, Sql } from "../server.js";

/** What a role may do with objects that another one will make. */
export const defaultPrivileges: ResourceType = {
  attributes: {
    role: { type: "string", isRequired: true, replaces: true },
    database: { type: "string", isRequired: true, replaces: true },
    owner: { type: "string", isRequired: true, replaces: true },
    schema: { type: "string", replaces: true },
    objectType: {
      type: "string",
      isRequired: true,
      replaces: true,
      oneOf: ["table", "sequence", "function", "routine", "type", "schema"],
    },
    privileges: { type: "set", isRequired: true },
    withGrantOption: { type: "bool", replaces: true, default: false },
  },
  create: apply,
  update: (server, { planned }) => apply(server, planned),
  read,
  delete: (server, { values }) => onOwner(server, values, (sql) => revoke(sql, values)),
};

async function apply(server: PostgresServer, values: Values): Promise<string> {
  if (textOf(values, "schema") !== "" && textOf(values, "objectType") === "schema") {
    throw new Error("cannot specify `schema` when `object_type` is `schema`");
  }
  if (isTrue(values, "withGrantOption") && textOf(values, "role").toLowerCase() === "public") {
    throw new Error("with_grant_option cannot be true for role 'public'");
  }
  await onOwner(server, values, async (sql) => {
    await refuseUnknownPrivileges(sql, values);
    await revoke(sql, values);
    await grant(sql, values);
  });
  return idOf(values);
}

function onOwner(server: PostgresServer, values: Values, work: (sql: Sql) => Promise<void>): Promise<void> {
  const owner = textOf(values, "owner");
  return server.transaction(textOf(values, "database"), async (sql) => {
    await lockRole(sql, owner);
    await withMembership(sql, [owner], () => work(sql));
  });
}

async function revoke(sql: Sql, values: Values): Promise<void> {
  const text = `${alterOf(values)} REVOKE ALL ON ${kindsOf(values)} FROM ${roleOf(values)}`;
  await prefixed("could not revoke default privileges", () => sql.run(text));
}

async function grant(sql: Sql, values: Values): Promise<void> {
  const privileges = inProviderOrder(itemsOf(values, "privileges")).join(",");
  if (privileges === "") return;
  const option = isTrue(values, "withGrantOption") ? " WITH GRANT OPTION" : "";
  const text = `${alterOf(values)} GRANT ${privileges} ON ${kindsOf(values)} TO ${roleOf(values)}${option}`;
  await prefixed("could not alter default privileges", () => sql.run(text));
}

function alterOf(values: Values): string {
  const schema = textOf(values, "schema");
  const place = schema === "" ? "" : `IN SCHEMA ${quoteName(schema)}`;
  return `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteName(textOf(values, "owner"))} ${place}`;
}

function kindsOf(values: Values): string {
  return `${textOf(values, "objectType").toUpperCase()}S`;
}

/** The official plugin quotes `public` too, which PostgreSQL takes for everybody all the same. */
function roleOf(values: Values): string {
  return quoteName(textOf(values, "role"));
}

async function read(server: PostgresServer, { values }: Resource): Promise<Resource | undefined> {
  if (!(await placesExist(server, values))) return undefined;
  return server.transaction(textOf(values, "database"), async (sql) => {
    await lockRole(sql, textOf(values, "owner"));
    const granted = await readGranted(sql, values);
    if (granted.length === 0 && itemsOf(values, "privileges").length > 0) return undefined;
    const isAsWanted = await areWanted(sql, granted, values);
    return { id: idOf(values), values: isAsWanted ? values : { ...values, privileges: granted.toSorted() } };
  });
}

async function readGranted(sql: Sql, values: Values): Promise<readonly string[]> {
  const schema = textOf(values, "schema");
  const rows = await sql.run(
    `SELECT DISTINCT acl.privilege_type AS privilege
       FROM pg_default_acl, aclexplode(defaclacl) AS acl
      WHERE defaclobjtype = $1 AND acl.grantee = $2 AND pg_get_userbyid(acl.grantor) = $3
        AND defaclnamespace = coalesce((SELECT oid FROM pg_namespace WHERE nspname = $4), 0)`,
    [
      CATALOG_KINDS[textOf(values, "objectType")],
      await roleOid(sql, textOf(values, "role")),
      textOf(values, "owner"),
      schema === "" ? null : schema,
    ],
  );
  return rows.map(({ privilege }) => String(privilege));
}

function idOf(values: Values): string {
  const schema = textOf(values, "schema");
  const place = schema === "" ? "noschema" : schema;
  const [role, database, owner, objectType] = ["role", "database", "owner", "objectType"].map((n) => textOf(values, n));
  return [role, database, place, owner, objectType].join("_");
}
