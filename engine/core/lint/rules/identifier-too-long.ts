import { scanText } from "../../scan-text.js";
import { DEFINITION_KINDS } from "../definition-kinds.js";
import type { Rule } from "../rule.js";

/** NAMEDATALEN - 1 (manual, "Identifiers and Key Words"). */
const LONGEST = 63;

export const identifierTooLong: Rule = {
  id: "identifier-too-long",
  severity: "warning",
  harm: "failure",
  about: "writes a name that PostgreSQL cuts off",
  kinds: DEFINITION_KINDS,
  check: ({ text, inside, around }) => {
    // The tree has the names as they are cut off: only the text tells.
    if (inside !== undefined || around.length > 0) return [];
    return [...new Set(namesIn(text))]
      .filter((name) => bytesOf(name) > LONGEST)
      .map((name) => {
        const cut = new TextDecoder().decode(new TextEncoder().encode(name).subarray(0, LONGEST));
        const message = `names ${name}, which is longer than ${LONGEST} bytes: PostgreSQL cuts it off, and may then meet a name that is there`;
        return { message, fix: `Shorten it; PostgreSQL would take ${cut}` };
      });
  },
};

function namesIn(text: string): string[] {
  return scanText(text).flatMap(({ kind, offset, end }) => {
    const part = text.slice(offset, end);
    if (kind === "quoted") return [part.slice(1, -1).replaceAll('""', '"')];
    return kind === "code" ? (part.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []) : [];
  });
}

function bytesOf(name: string): number {
  return new TextEncoder().encode(name).length;
}
