import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError } from "../../engine/index.js";
import { runTool } from "../../toolchain/run-tool.js";
import type { StartPlace } from "./start-place.js";

/** What dist/ is made of. */
const SOURCES = ["components", "engine", "cli", "rotation", "build.mts", "build", "package.json"];
/** Written by every build. */
const BUILT = join("dist", "cli", "main.js");

/** The commands of a deploy run from dist/: it is built where it is missing or older than the source. @throws HoldfastError */
export async function ensureBuild({ checkout, terminal }: StartPlace): Promise<void> {
  const builtAt = statSync(join(checkout, BUILT), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (builtAt > Math.max(...SOURCES.map((path) => newestIn(join(checkout, path))))) return;
  terminal.note("building dist/");
  const args = ["--import", "tsx", "build.mts"];
  const { code, stderr } = await runTool({ command: process.execPath, args, cwd: checkout });
  if (code === 0) return;
  const lines = stderr.trim().split("\n");
  const why = lines.find((line) => /error/i.test(line)) ?? lines[0] ?? "";
  throw new HoldfastError("toolchain_failed", `dist/ does not build: ${why}`, {
    next: "See the whole message: npm run build",
  });
}

/** The latest change of a file, or of any file in a folder, in milliseconds. */
function newestIn(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
