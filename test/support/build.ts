import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const CHECKOUT = join(__dirname, "..", "..");
const SOURCES = ["components", "engine", "cli", "rotation", "toolchain", "package.json", "build.mts", "build"];

let built: Promise<void> | undefined;

/** Commands of a stack run dist/, so a test that starts them needs the build of these very sources. */
export function ensureBuilt(): Promise<void> {
  return (built ??= buildWhereStale());
}

async function buildWhereStale(): Promise<void> {
  const newest = Math.max(...SOURCES.flatMap((source) => filesBelow(join(CHECKOUT, source))).map(changedAt));
  const oldest = Math.min(
    ...["cli/deploy.js", "components/index.d.ts", "rotation/index.js"].map((path) =>
      changedAt(join(CHECKOUT, "dist", path)),
    ),
  );
  if (newest < oldest) return;
  await promisify(execFile)("npm", ["run", "build"], { cwd: CHECKOUT });
}

function filesBelow(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesBelow(join(path, entry.name)));
}

/** Milliseconds; a missing file is older than any. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
