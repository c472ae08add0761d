import { isDeepStrictEqual } from "node:util";
import { crc32 } from "node:zlib";
import { itemsOf, textOf, type Values } from "./attributes.js";
import { databaseExists, PUBLIC, roleExists, schemaExists } from "./roles.js";
import type { PostgresServer, Sql } from "./server.js";

/** The privileges of each kind of object (manual, GRANT), as the official plugin knows them. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  database: ["ALL", "CREATE", "CONNECT", "TEMPORARY"],
  table: ["ALL", "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
  sequence: ["ALL", "USAGE", "SELECT", "UPDATE"],
  schema: ["ALL", "CREATE", "USAGE"],
  function: ["ALL", "EXECUTE"],
  procedure: ["ALL", "EXECUTE"],
  routine: ["ALL", "EXECUTE"],
  type: ["ALL", "USAGE"],
  foreign_data_wrapper: ["ALL", "USAGE"],
  foreign_server: ["ALL", "USAGE"],
  column: ["ALL", "SELECT", "INSERT", "UPDATE", "REFERENCES"],
};

/** How the catalog calls kinds of objects. */
export const CATALOG_KINDS: Readonly<Record<string, string>> = {
  table: "r",
  sequence: "S",
  function: "f",
  routine: "f",
  type: "T",
  schema: "n",
};

async function allowedPrivileges(sql: Sql, objectType: string): Promise<readonly string[]> {
  const allowed = ALLOWED[objectType];
  if (allowed === undefined) throw new Error(`unknown object type ${objectType}`);
  if (objectType !== "table") return allowed;
  const [row] = await sql.run("SELECT current_setting('server_version_num')::int >= 170000 AS yes");
  return row?.["yes"] === true ? [...allowed, "MAINTAIN"] : allowed;
}

/** @throws Error for a privilege that the kind of object does not have */
export async function refuseUnknownPrivileges(sql: Sql, values: Values): Promise<void> {
  const objectType = textOf(values, "objectType");
  const allowed = await allowedPrivileges(sql, objectType);
  const wrong = inProviderOrder(itemsOf(values, "privileges")).find((privilege) => !allowed.includes(privilege));
  if (wrong !== undefined) throw new Error(`${wrong} is not an allowed privilege for object type ${objectType}`);
}

/** Whether these are the privileges of the resource; ALL stands for each that there is. */
export async function areWanted(sql: Sql, granted: readonly string[], values: Values): Promise<boolean> {
  const wanted = itemsOf(values, "privileges");
  if (isSameSet(granted, wanted)) return true;
  if (!wanted.includes("ALL")) return false;
  const all = await allowedPrivileges(sql, textOf(values, "objectType"));
  return isSameSet(
    granted,
    all.filter((privilege) => privilege !== "ALL"),
  );
}

export function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return isDeepStrictEqual([...new Set(one)].sort(), [...new Set(other)].sort());
}

/** The order of a set in the Terraform SDK, in which ids are put together: by the text of each item's checksum. */
export function inProviderOrder(items: readonly string[]): string[] {
  const key = (item: string): string => String(crc32(item));
  return items.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** Kinds of objects that lie in no schema. */
export const WITHOUT_SCHEMA: readonly string[] = ["database", "foreign_data_wrapper", "foreign_server"];

/** Whether database, role and schema of a grant are there. */
export async function placesExist(server: PostgresServer, values: Values): Promise<boolean> {
  const [database, role, schema] = ["database", "role", "schema"].map((name) => textOf(values, name)) as [
    string,
    string,
    string,
  ];
  if (!(await server.session((sql) => databaseExists(sql, database)))) return false;
  return server.transaction(database, async (sql) => {
    if (role !== PUBLIC && !(await roleExists(sql, role))) return false;
    const isInSchema = schema !== "" && !WITHOUT_SCHEMA.includes(textOf(values, "objectType"));
    return !isInSchema || schemaExists(sql, schema);
  });
}
