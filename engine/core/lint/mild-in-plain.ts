import type { JudgedStatement, Violation } from "./rule.js";

/**
 * What Holdfast keeps for its contracts although it rarely breaks anybody: in another tool's folder, which has no phases, it is
 * told and stops nothing.
 */
export function mildInPlain({ file }: JudgedStatement): Pick<Violation, "severity"> {
  return file.manner === "plain" ? { severity: "warning" } : {};
}
