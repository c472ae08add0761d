import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version of this package, whose root lies above the bundle (dist/cli) and above the source (cli). */
export function ownVersion(from = __dirname): string {
  try {
    return (JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as { version: string }).version;
  } catch {
    return ownVersion(join(from, ".."));
  }
}
