import { statSync } from "node:fs";
import { HoldfastError, lintCache, lintRemembered, loadSqlParser } from "../../engine/index.js";
import { cacheDirectory } from "../../toolchain/cache-directory.js";
import { defineCommand, type Answer } from "../command.js";
import { fixFiles } from "../fix-files.js";
import { lintSource } from "../lint-source.js";
import { ownVersion } from "../own-version.js";
import { findPlace, FOLDER_FLAG, folderOf } from "../place.js";
import { renderFindings } from "../render-findings.js";
import type { Terminal } from "../terminal.js";

const [OLDEST_SERVER, NEWEST_SERVER] = [14, 18];

export const command = defineCommand({
  about:
    "Judges migrations by the safety rules, without a database: what loses rows, breaks the release still running, or makes reads\n" +
    "and writes wait. Each file is judged behind what the earlier ones made. Errors end with exit code 3; warnings do not.",
  words: [],
  flags: {
    ...FOLDER_FLAG,
    from: {
      type: "string",
      value: "TOOL",
      about: "who runs that folder: dbmate, flyway, golang-migrate, node-pg-migrate, prisma, plain",
    },
    fix: {
      type: "boolean",
      about: "show how unsafe files fall into safe ones; on a terminal, asks whether to write them",
    },
    write: { type: "boolean", about: "with --fix: write them without asking" },
    server: { type: "string", value: "MAJOR", about: "the server's major version, 14 to 18; default 17" },
  },
  examples: [
    ["holdfast lint", "the project's migrations"],
    ["holdfast lint --fix", "CONCURRENTLY, NOT VALID and VALIDATE, a rename over four files: as a diff"],
    ["holdfast lint --dir db/migrations --json", "another tool's folder, as that tool would run it"],
  ],
  async run({ flags, terminal }) {
    if (flags.fix === true || flags.write === true) return fix(flags, terminal);
    const { directory, files } = await lintSource(findPlace(), flags.dir, flags.from);
    const report = await lintRemembered({
      ...{ files, loadParser: loadSqlParser, memory: lintCache(directory, cacheDirectory()), now: new Date() },
      rules: rulesStamp(),
      ...(flags.server !== undefined && { server: serverOf(flags.server) }),
    });
    const isRefused = report.findings.some(({ severity }) => severity === "error");
    return {
      json: { ok: !isRefused, ...report },
      text: () => renderFindings(report, terminal),
      exitCode: isRefused ? 3 : 0,
    };
  },
});

async function fix(flags: { dir?: string; from?: string; write?: boolean }, terminal: Terminal): Promise<Answer> {
  const place = findPlace();
  const source = await lintSource(place, flags.dir, flags.from);
  const { root } = folderOf(place, flags.dir);
  return fixFiles({ source, root, isWriting: flags.write === true }, terminal);
}

function serverOf(given: string): number {
  const major = Number(given);
  if (Number.isInteger(major) && major >= OLDEST_SERVER && major <= NEWEST_SERVER) return major;
  throw new HoldfastError("invalid_usage", `"${given}" is no major version Holdfast knows.`, {
    next: `Give one from ${OLDEST_SERVER} to ${NEWEST_SERVER}.`,
  });
}

/** Another build may have other rules: its file was written at another time. Run from the sources, every run is another build. */
function rulesStamp(): string {
  const builtAt = __filename.endsWith(".ts") ? Date.now() : statSync(__filename).mtimeMs;
  return `${ownVersion()} ${builtAt}`;
}
