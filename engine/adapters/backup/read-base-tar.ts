import { createReadStream } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { extract } from "tar-stream";
import type { BaseEntry } from "../../core/catalogue.js";
import { readLsn, writeLsn } from "../../core/wal-position.js";
import { WalWalk } from "../../core/wal-records.js";

const READ_BYTES = 1024 * 1024;

/** What a base backup says of itself, beside its manifest. */
interface Inside {
  /** SHA-256 (hex) of the whole file. */
  readonly sha256: string;
  readonly bytes: number;
  readonly label: string | undefined;
  readonly systemIdentifier: string | undefined;
  readonly walk: WalWalk;
  readonly holdsMark: boolean;
}

/**
 * Reads the tar once, and judges it by itself: the log in it record by record, and what its own files say against the manifest. So
 * a manifest that was edited and closed anew is recognised, too.
 *
 * @returns one sentence for each thing that is wrong
 */
export async function judgeBase({ path, manifest }: BaseEntry): Promise<string[]> {
  const file = join(path, manifest.data.file);
  const { server, wal, data } = manifest;
  let inside: Inside;
  try {
    inside = await readInside(file, manifest);
  } catch (error) {
    return [`${file} cannot be read as a tar archive: ${(error as Error).message}.`];
  }
  const faults: string[] = [];
  if (inside.sha256 !== data.sha256)
    faults.push(`${file} was changed after the backup: its SHA-256 is not the manifest's.`);
  if (inside.bytes !== data.bytes) faults.push(`${file} is ${inside.bytes} bytes long instead of ${data.bytes}.`);
  if (inside.systemIdentifier !== server.systemIdentifier) {
    faults.push(`${file} is of cluster ${inside.systemIdentifier ?? "?"}, its manifest of ${server.systemIdentifier}.`);
  }
  const start = /START WAL LOCATION: (\S+)/.exec(inside.label ?? "")?.[1];
  if (start !== wal.start)
    faults.push(`${file} begins at ${start ?? "no place"} of the log, its manifest at ${wal.start}.`);
  const end = inside.walk.finish();
  if (end.kind === "damaged")
    faults.push(`${file} holds a damaged log: in ${end.segment} ${end.what}, at byte ${end.offset}.`);
  else if (end.lsn < readLsn(wal.stop))
    faults.push(`${file} holds the log to ${writeLsn(end.lsn)}, its manifest needs it to ${wal.stop}.`);
  if (!inside.holdsMark)
    faults.push(`${file} does not hold the restore point ${wal.restorePoint} that its manifest names.`);
  return faults;
}

async function readInside(file: string, { wal }: BaseEntry["manifest"]): Promise<Inside> {
  const archive = extract();
  const hash = createHash("sha256");
  let bytes = 0;
  const source = createReadStream(file, { highWaterMark: READ_BYTES });
  source.on("data", (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  const hashed = new Promise<void>((resolve, reject) => source.on("end", resolve).on("error", reject));
  hashed.catch((error: unknown) => archive.destroy(error as Error));
  source.pipe(archive);
  const walk = new WalWalk(readLsn(wal.start));
  let [label, systemIdentifier, holdsMark]: [string | undefined, string | undefined, boolean] = [
    undefined,
    undefined,
    false,
  ];
  for await (const entry of archive) {
    const { name } = entry.header;
    if (name === "backup_label") label = (await collect(entry)).toString();
    // The first field of the control file (src/include/catalog/pg_control.h).
    else if (name === "global/pg_control") systemIdentifier = (await collect(entry)).readBigUInt64LE(0).toString();
    else if (/^pg_wal\/[0-9A-F]{24}$/.test(name)) {
      const segment = await collect(entry);
      walk.add({ name: name.slice("pg_wal/".length), bytes: segment });
      holdsMark ||= segment.includes(wal.restorePoint);
    } else entry.resume();
  }
  await hashed;
  return { sha256: hash.digest("hex"), bytes, label, systemIdentifier, walk, holdsMark };
}

async function collect(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of entry) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
