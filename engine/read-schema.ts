import { HoldfastError } from "./core/errors.js";
import { PUBLIC_TABLES } from "./core/engine-tables.js";
import { startingFile } from "./core/adopt/starting-file.js";
import type { DatabaseState, SchemaDump, Session } from "./core/ports.js";
import { dottedName } from "./core/quote-identifier.js";
import type { World } from "./core/run.js";
import { takeFingerprint } from "./steps/take-fingerprint.js";

/**
 * The present schema as the text of a folder's first file: an empty database that runs it has the same fingerprint.
 *
 * @throws HoldfastError baseline_refused where Holdfast has run here already, where there is no schema, or no pg_dump that fits
 */
export async function readSchema(
  world: Pick<World, "sessions" | "history" | "loadParser">,
  dump: SchemaDump,
): Promise<string> {
  const session = await world.sessions.open("read-only");
  try {
    const state = await world.history.load(session);
    if (state.history.length > 0) throw hasRun(state);
    const text = await dump(Math.floor(session.serverVersionNum / 10_000), await ownTables(session));
    const file = startingFile(text, await world.loadParser());
    if (file === undefined) throw noSchema(state);
    return file;
  } finally {
    await session.close();
  }
}

/** The engine's tables, where they were made without any file: what has their names and the fingerprint leaves out. */
async function ownTables(session: Session): Promise<string[]> {
  const { objects } = await takeFingerprint(session);
  const rows = await session.query(
    `SELECT n.nspname AS schema, c.relname AS name, format('table %I.%I', n.nspname, c.relname) AS object
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relname = ANY ($1::text[])`,
    [`{${PUBLIC_TABLES.join(",")}}`],
  );
  const own = rows.filter(({ object }) => objects[object ?? ""] === undefined);
  return own.map(({ schema, name }) => dottedName([schema ?? "", name ?? ""]));
}

function hasRun({ database, history }: DatabaseState): HoldfastError {
  const last = history.at(-1)?.version ?? "";
  return new HoldfastError(
    "baseline_refused",
    `Database ${database} is at ${last} already: its files say how its schema came about.`,
    {
      next: "Name the folder that holds them with --dir.",
    },
  );
}

function noSchema({ database }: DatabaseState): HoldfastError {
  return new HoldfastError("baseline_refused", `Database ${database} holds no schema that could be written.`, {
    next: 'Write the first migration: holdfast new "create users".',
  });
}
