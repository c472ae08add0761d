import { userInfo } from "node:os";
import type { Approval, PlannedStep, PlanResult } from "../engine/index.js";
import { ask } from "./prompt.js";
import type { Terminal } from "./terminal.js";

/** An approval that is typed holds as long as one that is written. */
const DAYS_VALID = 14;

/**
 * Asks for each contract that waits for nothing but an approval. The instance's name must be typed: a "y" is given by
 * habit, and whoever took one terminal for another notices.
 *
 * @param instance as the person named it
 * @returns the approvals that were given
 */
export async function askForApprovals(
  instance: string,
  { steps }: PlanResult,
  terminal: Terminal,
): Promise<Approval[]> {
  const given: Approval[] = [];
  for (const step of steps.filter(({ action, gate }) => action === "hold" && gate === "approval")) {
    terminal.note(describe(step));
    const answer = await ask(`Type ${instance} to approve ${step.version} there, or press Enter to leave it held: `);
    if (answer.trim() === instance) given.push(approvalOf(step));
    else terminal.note(`${step.file} stays held.`);
  }
  return given;
}

function describe({ file, statements }: PlannedStep): string {
  const shown = statements.map(({ text }) => `    ${text.replaceAll("\n", "\n    ")};`);
  return [`\n${file} takes something away:`, ...shown].join("\n");
}

function approvalOf({ version, checksum }: PlannedStep): Approval {
  const expires = new Date(Date.now() + DAYS_VALID * 86_400_000);
  return { version, checksum: checksum ?? "", by: userInfo().username, expires };
}
