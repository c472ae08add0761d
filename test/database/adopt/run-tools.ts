import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../../../toolchain/cache-directory.js";
import { cachedTool } from "../../../toolchain/cached-tool.js";
import { runTool, type ToolRun } from "../../../toolchain/run-tool.js";

/** The tools themselves, each applying all that is pending in a folder to a database. */

const ROOT = join(__dirname, "..", "..", "..");

export async function runDbmate(folder: string, url: string): Promise<void> {
  const flags = ["--migrations-dir", folder, "--no-dump-schema", "--url", `${url}?sslmode=disable`];
  await must({ command: await ensureDbmate(), args: [...flags, "migrate"] });
}

const DBMATE = "2.36.0";

/**
 * From npm, for this machine alone, once: not every registry has the packages of all platforms, and `npm ci` takes no lock file
 * that leaves some out.
 */
export async function ensureDbmate(): Promise<string> {
  const name = `@dbmate/${process.platform}-${process.arch}`;
  const { directory } = await cachedTool({
    directory: join(cacheDirectory(), "dbmate", DBMATE),
    file: `node_modules/${name}/bin/dbmate`,
    progress: (message) => process.stderr.write(`${message}\n`),
    make: async (place) => {
      const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
      await must({ command: "npm", args: ["install", "--prefix", place, ...flags, `${name}@${DBMATE}`] });
      return "installed";
    },
    works: () => Promise.resolve(true),
  });
  return join(directory, `node_modules/${name}/bin/dbmate`);
}

export async function runNodePgMigrate(folder: string, url: string): Promise<void> {
  const script = join(ROOT, "node_modules/node-pg-migrate/bin/node-pg-migrate.js");
  const args = [script, "up", "--migrations-dir", folder, "--migration-file-language", "sql"];
  await must({ command: process.execPath, args, env: { ...process.env, DATABASE_URL: url } });
}

/** The schema engine that `prisma migrate deploy` runs, as the WebAssembly that npm has of it. */
export async function runPrisma(folder: string, url: string): Promise<void> {
  await must({ command: process.execPath, args: [join(__dirname, "prisma-engine.mjs"), folder, url] });
}

export async function runGolangMigrate(folder: string, url: string): Promise<void> {
  await must({ command: await ensureGolangMigrate(), args: [folder, `${url}?sslmode=disable`] });
}

/** Built from its Go module where it is not cached: some seconds, once. */
export async function ensureGolangMigrate(): Promise<string> {
  const source = join(__dirname, "golang-migrate");
  const digest = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) digest.update(readFileSync(join(source, file)));
  const { directory } = await cachedTool({
    directory: join(cacheDirectory(), "golang-migrate", digest.digest("hex").slice(0, 12)),
    file: "migrate",
    progress: (message) => process.stderr.write(`${message}\n`),
    make: async (place) => {
      const env = { ...process.env, GOFLAGS: "-mod=readonly", GOWORK: "off", CGO_ENABLED: "0" };
      const args = ["build", "-trimpath", "-ldflags", "-s -w", "-o", join(place, "migrate"), "."];
      await must({ command: "go", args, cwd: source, env });
      return "built";
    },
    works: () => Promise.resolve(true),
  });
  return join(directory, "migrate");
}

async function must(run: ToolRun): Promise<void> {
  const { code, stdout, stderr } = await runTool(run);
  if (code !== 0) throw new Error(`${run.command} ${run.args.join(" ")}\n${stdout}\n${stderr}`);
}
