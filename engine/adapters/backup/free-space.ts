import { statfs } from "node:fs/promises";
import { HoldfastError, type ErrorCode } from "../../core/errors.js";

/** Left for the server, which stops hard when it cannot write WAL, and for what the database writes meanwhile. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/** @throws HoldfastError of that code where `bytes` would fill the disk of `folder` */
export async function refuseWithoutRoom(code: ErrorCode, folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + RESERVE_BYTES) return;
  throw new HoldfastError(
    code,
    `The disk of ${folder} is too full: ${megabytes(bytes + RESERVE_BYTES)} are needed and ${megabytes(free)} are free.`,
    { next: "Make room there, or move the data root (HOLDFAST_HOME), then run again. Nothing was changed." },
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
