import { createHash, randomBytes } from "node:crypto";
import type { Autoname } from "./behaviour.js";

/** How many hexadecimal digits a made name ends with. */
const DIGITS = 7;

export interface Naming {
  readonly logicalName: string;
  /** Given by the engine, so that preview and up make the same name. */
  readonly seed: Uint8Array;
  /** What the stack's `pulumi:autonaming` asks for. */
  readonly wish: { readonly mode: "propose" | "enforce" | "disable"; readonly name: string } | undefined;
}

/** The physical name for an input that was left out, or undefined where the stack's autonaming is off (pulumi-terraform-bridge, pkg/tfbridge/info/autonaming.go). */
export function makeName(
  { separator = "-", maxLength = 255, transform }: Autoname,
  naming: Naming,
): string | undefined {
  if (naming.wish?.mode === "disable") return undefined;
  if (naming.wish?.mode === "enforce") return naming.wish.name;
  const shape = transform ?? ((name: string): string => name);
  if (naming.wish !== undefined) return shape(naming.wish.name);
  const room = maxLength - separator.length - DIGITS;
  return `${shape(naming.logicalName).slice(0, room)}${separator}${digits(naming)}`;
}

function digits({ logicalName, seed }: Naming): string {
  if (seed.length === 0) return randomBytes(DIGITS).toString("hex").slice(0, DIGITS);
  return createHash("sha256").update(seed).update(logicalName).digest("hex").slice(0, DIGITS);
}
