import { RETIRED_SCHEMA } from "../../core/engine-tables.js";
import type { Session } from "../../core/ports.js";

/** Default privileges may have handed the new schema to the application: whoever is not its owner loses it. */
const CLOSE = `
SELECT format('REVOKE ALL ON SCHEMA ${RETIRED_SCHEMA} FROM %s', CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END) AS sql
FROM pg_namespace n, aclexplode(n.nspacl) g WHERE n.nspname = '${RETIRED_SCHEMA}' AND g.grantee <> n.nspowner`;

/** Makes the schema for what is retired; only its owner may use it. Idempotent. */
export async function ensureRetiredSchema(session: Session): Promise<void> {
  await session.execute(`CREATE SCHEMA IF NOT EXISTS ${RETIRED_SCHEMA}`);
  for (const { sql } of await session.query(CLOSE)) await session.execute(sql ?? "");
}
