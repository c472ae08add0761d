import { hash } from "node:crypto";
import { HoldfastError } from "./errors.js";

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Text without byte-order mark and with LF line endings: what is hashed, and exactly what is executed. An editor or a
 * version control system that changes only these does not edit the migration.
 */
export function normaliseText(text: string): string {
  const bare = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  return bare.includes("\r") ? bare.replace(/\r\n?/g, "\n") : bare;
}

/** SHA-256 of a normalised text as UTF-8, in lower-case hex. */
export function checksumOf(normalised: string): string {
  return hash("sha256", normalised, "hex");
}

/**
 * Decodes a file.
 * @param path names the file in an error
 * @throws HoldfastError invalid_migration where it is not UTF-8, or holds a NUL (PostgreSQL stores none)
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  const text = tryDecode(bytes);
  if (text === undefined) throw notUtf8(bytes, path);
  const nul = text.indexOf("\0");
  if (nul >= 0)
    throw textError(path, lineAt(text, nul), "holds a NUL character", "Remove it; SQL text cannot hold one.");
  return text;
}

function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function notUtf8(bytes: Uint8Array, path: string): HoldfastError {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const line = isUtf16 ? 1 : firstBadLine(bytes);
  return textError(path, line, `is not UTF-8${isUtf16 ? " but UTF-16" : ""}`, "Save it as UTF-8.");
}

/** LF never stands inside a UTF-8 sequence, so the file can be judged line by line. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end < 0 ? bytes.length : end + 1;
    if (tryDecode(bytes.subarray(start, stop)) === undefined) return line;
    start = stop;
  }
  return line;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function textError(path: string, line: number, fault: string, next: string): HoldfastError {
  return new HoldfastError("invalid_migration", `${path} ${fault} (line ${line}).`, {
    location: { file: path, line, column: 1 },
    next,
  });
}
