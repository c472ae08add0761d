import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";

/** The commit that is checked out where the folder lies, which may be linked from elsewhere; undefined outside a repository. */
export function currentCommit(directory: string): string | undefined {
  try {
    const cwd = realpathSync(directory);
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}
