import type { Client } from "pg";
import { restoreLocally } from "../../engine/adapters/backup/restore-locally.js";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import type { CatalogueEntry } from "../../engine/core/catalogue.js";
import type { ProgressEvent } from "../../engine/core/ports.js";
import type { RestoredDatabase, RestoreTarget } from "../../engine/core/restored-database.js";
import { connectLocal } from "./data-root.js";

export interface Restored extends RestoredDatabase {
  readonly instance: LocalInstance;
  readonly notes: readonly string[];
}

/** Restores `source` beside itself. @param entry the backup that the target means, where it means one */
export async function restoreTo(
  source: LocalInstance,
  target: RestoreTarget,
  as: string,
  entry?: CatalogueEntry,
): Promise<Restored> {
  const { root, project, name } = source;
  const notes: string[] = [];
  const progress = (event: ProgressEvent) => {
    if (event.kind === "note") notes.push(event.message);
  };
  const signal = new AbortController().signal;
  const work = { name: { root, project, instance: name }, entry, target, as, progress, signal };
  const database = await restoreLocally(work);
  const instance = await findLocalInstance({ root, project, name: as });
  if (instance === undefined) throw new Error(`${as} is not there`);
  return { ...database, instance, notes };
}

/** `2026-01-19 09:30:00.123456+00` as a target, to the microsecond. */
export function instant(text: string): RestoreTarget {
  const [, date = "", time = "", fraction = ""] = /^(\S+)[ T]([\d:]+)\.?(\d*)/.exec(text) ?? [];
  const digits = fraction.padEnd(6, "0");
  return { kind: "instant", at: new Date(`${date}T${time}.${digits.slice(0, 3)}Z`), micros: Number(digits.slice(3)) };
}

/** The server's clock, to the microsecond. */
export async function serverTime(client: Client): Promise<string> {
  const { rows } = await client.query<{ now: string }>("SELECT clock_timestamp()::text AS now");
  return rows[0]?.now ?? "";
}

/** Numbers of the rows in `ticks`, ascending; undefined: there is no such table. */
export async function ticksOf(instance: LocalInstance): Promise<number[] | undefined> {
  const client = await connectLocal(instance);
  try {
    const { rows } = await client.query<{ n: number }>("SELECT n FROM ticks ORDER BY n");
    return rows.map(({ n }) => n);
  } catch (error) {
    if ((error as { code?: string }).code === "42P01") return undefined;
    throw error;
  } finally {
    await client.end();
  }
}

/** Writes rows one after another, each committed before the next begins, from the number `from` on. */
export async function tick(client: Client, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 1) await client.query("INSERT INTO ticks VALUES ($1)", [n]);
}
