import type { HoldfastError } from "../errors.js";
import type { LintFinding } from "./lint-finding.js";

/** What makes a file unfit to be judged at all, as findings: the rule is the error's code. */
export function faultFindings(error: HoldfastError, path: string): LintFinding[] {
  return [error, ...(error.details.faults ?? [])].map(({ code, message, details }) => {
    const { file = path, line = 1, column = 1 } = details.location ?? {};
    const place = `${file}:${line}:${column}: `;
    const plain = message.startsWith(place) ? message.slice(place.length) : message;
    return {
      ...{ rule: code.replaceAll("_", "-"), severity: "error", file, line, column },
      message: plain.charAt(0).toUpperCase() + plain.slice(1),
      ...(details.next !== undefined && { fix: details.next }),
    };
  });
}
