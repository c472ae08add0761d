import { ENGINE_SCHEMA } from "../core/engine-tables.js";
import type { Fingerprint } from "../core/fingerprint.js";
import type { RunContext, Session } from "../core/ports.js";
import { fingerprintQuery } from "./fingerprint-query.js";

/** Reads the schema as it is now. Left out: what is retired, the engine's own tables, extension members, ACLs, sequence values. */
export async function takeFingerprint(session: Session): Promise<Fingerprint> {
  const hasRetired = await exists(session, `${ENGINE_SCHEMA}.retired_objects`);
  await session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    await session.execute("SET LOCAL search_path = pg_catalog");
    const rows = await session.query(fingerprintQuery(hasRetired));
    const objects = Object.fromEntries(rows.map(({ object, digest }) => [object ?? "", digest ?? ""]));
    return { serverMajor: Math.floor(session.serverVersionNum / 10_000), objects };
  } finally {
    await session.execute("ROLLBACK");
  }
}

/** Takes the fingerprint and keeps it in place of the last one. Under the deploy's lock, after a run. */
export async function storeFingerprint(ctx: RunContext): Promise<Fingerprint> {
  const fingerprint = await takeFingerprint(ctx.session);
  await ctx.session.execute(
    `INSERT INTO ${ENGINE_SCHEMA}.fingerprints (taken_at, server_major, release, objects)
     VALUES (clock_timestamp(), $1::int, $2, $3::jsonb)
     ON CONFLICT (only_row) DO UPDATE SET (taken_at, server_major, release, objects) =
       (excluded.taken_at, excluded.server_major, excluded.release, excluded.objects)`,
    [String(fingerprint.serverMajor), ctx.release, JSON.stringify(fingerprint.objects)],
  );
  return fingerprint;
}

/** The fingerprint the last run left; undefined where none was taken yet. */
export async function readFingerprint(session: Session): Promise<Fingerprint | undefined> {
  if (!(await exists(session, `${ENGINE_SCHEMA}.fingerprints`))) return undefined;
  const [row] = await session.query(`SELECT server_major, objects FROM ${ENGINE_SCHEMA}.fingerprints`);
  if (row === undefined) return undefined;
  return {
    serverMajor: Number(row["server_major"]),
    objects: JSON.parse(row["objects"] ?? "{}") as Fingerprint["objects"],
  };
}

async function exists(session: Session, table: string): Promise<boolean> {
  const [row] = await session.query("SELECT to_regclass($1)::text AS name", [table]);
  return row?.["name"] != null;
}
