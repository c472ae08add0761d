import { isTrue, textOf, type Values } from "../attributes.js";
import { quoteName } from "../quote.js";
import type { ResourceType } from "../resource-type.js";
import { prefixed } from "../roles.js";
import type { Sql } from "../server.js";

/** Membership of one role in another. */
export const grantRole: ResourceType = {
  attributes: {
    role: { type: "string", isRequired: true, replaces: true },
    grantRole: { type: "string", isRequired: true, replaces: true },
    withAdminOption: { type: "bool", replaces: true, default: false },
  },
  create: (server, planned) =>
    server.transaction(server.database, async (sql) => {
      await revoke(sql, planned);
      const option = isTrue(planned, "withAdminOption") ? " WITH ADMIN OPTION" : "";
      const [role, member] = namesOf(planned);
      await prefixed("could not execute grant query", () => sql.run(`GRANT ${role} TO ${member}${option}`));
      return idOf(planned);
    }),
  read: (server, { values }) =>
    server.session(async (sql) => {
      const [row] = await sql.run(
        `SELECT admin_option FROM pg_auth_members WHERE pg_get_userbyid(member) = $1 AND pg_get_userbyid(roleid) = $2`,
        [textOf(values, "role"), textOf(values, "grantRole")],
      );
      if (row === undefined) return undefined;
      const found = { ...values, withAdminOption: row["admin_option"] === true };
      return { id: idOf(found), values: found };
    }),
  delete: (server, { values }) => server.transaction(server.database, (sql) => revoke(sql, values)),
};

async function revoke(sql: Sql, values: Values): Promise<void> {
  const [role, member] = namesOf(values);
  await prefixed("could not execute revoke query", () => sql.run(`REVOKE ${role} FROM ${member}`));
}

function namesOf(values: Values): readonly [string, string] {
  return [quoteName(textOf(values, "grantRole")), quoteName(textOf(values, "role"))];
}

function idOf(values: Values): string {
  return [textOf(values, "role"), textOf(values, "grantRole"), isTrue(values, "withAdminOption")].join("_");
}
