import { HoldfastError, type ErrorCode } from "../../core/errors.js";

const STORAGE_FAULTS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than allowed",
  ENOTDIR: "a file stands in the way",
  EIO: "the disk reports an error",
};

/**
 * Any fault of a backup, a restore or a drill as one clear sentence. An error that is one already stays as it is.
 *
 * @param what the start of the sentence: `The backup of "dev"`
 */
export function backupFault(code: ErrorCode, what: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const { code: reason = "", path, message, syscall } = error as NodeJS.ErrnoException;
  const storage = STORAGE_FAULTS[reason];
  if (storage !== undefined) {
    const place = path === undefined ? "" : ` (${path})`;
    return new HoldfastError(
      code,
      `${what} failed: ${storage}${place}.`,
      { next: `${remedy(reason)}, then run again. Nothing was changed, and nothing half-made was left.` },
      { cause: error },
    );
  }
  if (isConnectionFault(reason, syscall, message)) {
    return new HoldfastError(
      code,
      `${what} failed: the server is gone or refused the connection.`,
      { next: "Look whether it runs (`holdfast local start <instance>`) and into its log, then run again." },
      { cause: error },
    );
  }
  return new HoldfastError(
    code,
    `${what} failed: ${message}.`,
    {
      ...(/^[0-9A-Z]{5}$/.test(reason) ? { sqlState: reason } : {}),
      next: "Mend what the message names, then run again.",
    },
    { cause: error },
  );
}

function remedy(reason: string): string {
  if (reason === "ENOSPC" || reason === "EDQUOT") return "Make room there, or move the data root (HOLDFAST_HOME)";
  return "Give the permission there, or move the data root (HOLDFAST_HOME)";
}

function isConnectionFault(reason: string, syscall: string | undefined, message: string): boolean {
  // 57P01 to 57P03: the server is shutting down, crashed, or starting (manual, appendix A). Class 08: connection exceptions.
  return (
    /^(57P0[123]|08...)$/.test(reason) ||
    syscall === "connect" ||
    /connection/i.test(message) ||
    /^E[A-Z]+$/.test(reason)
  );
}
