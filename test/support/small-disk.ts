import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { skipBecause } from "./skip-because.js";

/** A disk of its own at `place`. @returns removes it. A test is skipped where this user may not mount. */
export async function mountSmallDisk(test: Mocha.Context, place: string, megabytes: number): Promise<() => void> {
  await mkdir(place, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", place], { stdio: "ignore" });
  } catch {
    skipBecause(test, "this user may not mount a small disk");
  }
  return () => execFileSync("umount", [place]);
}
