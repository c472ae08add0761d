import { HoldfastError } from "../../engine/index.js";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a file stands in the way",
};

/** A fault of the disk in words; anything else comes back as it is. */
export function storageError(error: unknown, path: string): unknown {
  const { code = "", path: at = path } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  if (reason === undefined) return error;
  const next = "Make room or give the permission there, then run npm start again.";
  return new HoldfastError("toolchain_failed", `Cannot write ${at}: ${reason}.`, { next }, { cause: error });
}
