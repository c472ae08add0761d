import { createHash } from "node:crypto";

const LONGEST = 63;
const DIGEST = 6;

/** What RDS accepts as an identifier: 1 to 63 lower-case letters, digits and single hyphens, a letter first, no hyphen last. */
export function isIdentifier(text: string): boolean {
  return text.length <= LONGEST && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text);
}

/** An identifier from names that may hold anything; where something had to go, a digest keeps it apart from its like. */
export function identifierOf(...names: readonly string[]): string {
  const wanted = names.join("-");
  if (isIdentifier(wanted)) return wanted;
  const legal = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "");
  const digest = createHash("sha256").update(wanted).digest("hex").slice(0, DIGEST);
  const kept = legal.slice(0, LONGEST - DIGEST - 1).replace(/-+$/, "");
  return `${kept === "" ? "db" : kept}-${digest}`;
}
