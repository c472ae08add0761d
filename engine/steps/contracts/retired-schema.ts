import { RETIRED_SCHEMA } from "../../core/engine-tables.js";
import { HoldfastError } from "../../core/errors.js";
import { ServerError, type Session } from "../../core/ports.js";
import { quoteIdentifier } from "../../core/quote-identifier.js";

/** Default privileges may have handed the new schema to the application: whoever is not its owner loses it. */
const CLOSE = `
SELECT format('REVOKE ALL ON SCHEMA ${RETIRED_SCHEMA} FROM %s', CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END) AS sql
FROM pg_namespace n, aclexplode(n.nspacl) g WHERE n.nspname = '${RETIRED_SCHEMA}' AND g.grantee <> n.nspowner`;

/**
 * Makes the schema for what is retired; only its owner may use it. Idempotent.
 * @throws HoldfastError permission_denied
 */
export async function ensureRetiredSchema(session: Session): Promise<void> {
  const [found] = await session.query("SELECT to_regnamespace($1)::text AS name, current_user AS role", [
    RETIRED_SCHEMA,
  ]);
  if (found?.["name"] == null) await makeSchema(session, found?.["role"] ?? "");
  for (const { sql } of await session.query(CLOSE)) await session.execute(sql ?? "");
}

async function makeSchema(session: Session, role: string): Promise<void> {
  try {
    await session.execute(`CREATE SCHEMA ${RETIRED_SCHEMA}`);
  } catch (error) {
    // insufficient_privilege
    if (!(error instanceof ServerError) || error.sqlState !== "42501") throw error;
    throw new HoldfastError("permission_denied", `Role ${role} may not create the schema ${RETIRED_SCHEMA}.`, {
      sqlState: error.sqlState,
      next: `Make it once as the database's owner: CREATE SCHEMA ${RETIRED_SCHEMA} AUTHORIZATION ${quoteIdentifier(role)};`,
    });
  }
}
