import { createHash } from "node:crypto";
import { HoldfastError } from "./errors.js";
import type { Proof } from "./inspection.js";

/** JSON for people, closed by a digest of itself. It names its backup, so that it proves no other one. */
export function renderProof(backup: string, proof: Proof): string {
  const document = { backup, ...proof };
  return `${JSON.stringify({ ...document, proofSha256: digest(document) }, null, 2)}\n`;
}

/**
 * When the backup was proven.
 *
 * @param where the file's path, for the message
 * @throws HoldfastError backup_damaged where the text is not what `renderProof` wrote for that backup
 */
export function readProof(text: string, backup: string, where: string): Date {
  const { proofSha256, ...document } = parse(text);
  const provenAt = new Date(typeof document["provenAt"] === "string" ? document["provenAt"] : Number.NaN);
  const isWhole = digest(document) === proofSha256 && document["backup"] === backup;
  if (isWhole && !Number.isNaN(provenAt.getTime())) return provenAt;
  throw new HoldfastError("backup_damaged", `${where} is not as it was written, so it proves nothing.`, {
    next: "Prove the backup again: holdfast drill <instance> --backup <id>.",
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function digest(document: object): string {
  return createHash("sha256").update(JSON.stringify(document)).digest("hex");
}
