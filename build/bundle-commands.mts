import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { lazyBuiltins } from "./lazy-builtins.mjs";

export interface Commands {
  /** Sources, relative to the root. */
  readonly entryPoints: readonly string[];
  /** What all bundles have in common. */
  readonly options: BuildOptions & { readonly write: false };
  readonly write: (path: string, text: string) => void;
}

/**
 * Node starts a command anew each time, and a deploy with nothing to do is mostly start-up. So a command is three files: its
 * small text, what V8 made of that text, and a stub of a few lines that puts the two together. Their names hold the text's
 * digest: a stub never meets what belongs to another build.
 *
 * @returns all files, for what else is in dist/ is stale
 */
export async function bundleCommands({ entryPoints, options, write }: Commands): Promise<string[]> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [...entryPoints],
    format: "cjs",
    minify: true,
    plugins: [lazyBuiltins],
    // Compiled code cannot be tied to Node's loader of ES modules; everything that is loaded is CommonJS.
    supported: { "dynamic-import": false },
  });
  return outputFiles.flatMap(({ path, text }) => {
    if (!path.endsWith(".js")) {
      write(path, text);
      return [path];
    }
    const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
    const body = path.replace(/\.js$/, `-${digest}.js`);
    write(body, text.replace(/^#!.*\n/, ""));
    const compiled = `${body}.${process.version}-${process.arch}`;
    compile(body, compiled);
    write(path, stub(body));
    return [path, body, compiled];
  });
}

const WRAPPER = ["(function (exports, require, module, __filename, __dirname) { ", "\n})"] as const;
const wrapped = (read: string): string => `${JSON.stringify(WRAPPER[0])} + ${read} + ${JSON.stringify(WRAPPER[1])}`;

/**
 * Compiled code fits one version of Node and its flags: V8 checks that, and compiles anew where it does not. Where there is
 * none, Node 22 keeps its own. esbuild writes ASCII.
 */
function stub(body: string): string {
  return `#!/usr/bin/env node
"use strict";
const { readFileSync } = require("node:fs");
const filename = __dirname + ${JSON.stringify(body.slice(dirname(body).length))};
let cachedData;
try {
  cachedData = readFileSync(filename + "." + process.version + "-" + process.arch);
} catch {
  require("node:module").enableCompileCache?.();
}
if (cachedData === undefined) require(filename);
else {
  const { Script } = require("node:vm");
  const script = new Script(${wrapped(`readFileSync(filename, "latin1")`)}, { filename, cachedData });
  script.runInThisContext()(exports, require, module, __filename, __dirname);
}
`;
}

/** Runs the command as far as it comes without a database, so that what every run needs is among the compiled code. */
const WARM_UP = `
const { readFileSync, writeFileSync } = require("node:fs");
const { Script } = require("node:vm");
const [filename, compiled, ...args] = process.argv.slice(1);
const script = new Script(${wrapped(`readFileSync(filename, "latin1")`)}, { filename });
process.on("exit", () => writeFileSync(compiled, script.createCachedData()));
process.argv = [process.execPath, filename, ...args];
const load = require("node:module").createRequire(filename);
script.runInThisContext()({}, load, { exports: {} }, filename, require("node:path").dirname(filename));
`;

/** Nobody listens there (port 1 is reserved and unused). */
const UNREACHABLE = ["--url", "postgres://nobody@127.0.0.1:1/nothing", "--release", "1.0.0", "--dir", "migrations"];

/** Written beside and renamed: a command that is started meanwhile never meets half of it. */
function compile(body: string, compiled: string): void {
  const draft = `${compiled}.new-${process.pid}`;
  spawnSync(process.execPath, ["-e", WARM_UP, body, draft, "migrate", ...UNREACHABLE], {
    cwd: join(dirname(body), "..", ".."),
    // The parts that components start read their request there; an empty one is refused.
    env: { PATH: process.env["PATH"], HOLDFAST_REQUEST: "" },
    stdio: "ignore",
  });
  renameSync(draft, compiled);
}
