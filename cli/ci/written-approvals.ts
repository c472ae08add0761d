import { isMap, isSeq, LineCounter, parseDocument } from "yaml";
import type { WrittenApproval } from "../../engine/index.js";
import type { TrackedFile } from "./git.js";

/** A stack's settings: `Pulumi.prod.yaml`. */
export function isStackFile(path: string): boolean {
  return /^Pulumi\.[A-Za-z0-9_.-]+\.yaml$/.test(path);
}

/** The approvals that a stack's settings give, each with its place. What Pulumi itself cannot read is Pulumi's to tell. */
export function writtenApprovals({ path, text }: TrackedFile): WrittenApproval[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const list: unknown = document.getIn(["config", "holdfast:approvals"], true);
  if (!isSeq(list)) return [];
  return list.items.filter(isMap).map((approval) => {
    const { line, col: column } = lines.linePos(approval.range?.[0] ?? 0);
    const { version, checksum, by, expires } = approval.toJSON() as Record<string, unknown>;
    return { file: path, line, column, version, checksum, by, expires };
  });
}
