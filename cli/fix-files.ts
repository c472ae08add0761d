import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  fileMigrationSource,
  fixFolder,
  HoldfastError,
  loadSqlParser,
  type FileFix,
  type MigrationFile,
} from "../engine/index.js";
import type { Answer } from "./command.js";
import { plural } from "./format.js";
import type { LintSource } from "./lint-source.js";
import { ask } from "./prompt.js";
import { renderDiff } from "./render-diff.js";
import type { Terminal } from "./terminal.js";

interface FixWish {
  readonly source: LintSource;
  /** What the folder is relative to. */
  readonly root: string;
  /** Write without a question. */
  readonly isWriting: boolean;
}

/** Shows how unsafe files fall into safe ones, and writes them where that is wanted. */
export async function fixFiles({ source, root, isWriting }: FixWish, terminal: Terminal): Promise<Answer> {
  const { directory } = source;
  const files = await ownFiles(source, root);
  const fixes = fixFolder({ files, parser: await loadSqlParser(), now: new Date() });
  const changes = fixes.flatMap((fix) => fix.changes);
  const shown = [renderDiff(changes, directory, terminal), ...fixes.flatMap(renderLeft)].filter((text) => text !== "");
  const isWanted =
    changes.length > 0 && (isWriting || (terminal.canAsk && (await isAgreed(shown, changes.length, terminal))));
  if (isWanted) for (const { name, after } of changes) await write(join(root, directory, name), after);
  const wasShown = terminal.canAsk && !isWriting && changes.length > 0;
  return {
    json: { written: isWanted, fixes },
    text: () => [...(wasShown ? [] : shown), headline(changes.length, isWanted)].join("\n\n"),
    exitCode: fixes.some(({ left }) => left.length > 0) ? 3 : 0,
  };
}

/** A fix writes phases, which only Holdfast's own folders have; a plain one whose files are named like them becomes one by it. */
async function ownFiles({ files, runner, directory }: LintSource, root: string): Promise<readonly MigrationFile[]> {
  if (runner === "holdfast") return files as readonly MigrationFile[];
  if (runner === "plain") return fileMigrationSource(directory, root).load();
  throw new HoldfastError("invalid_usage", `${directory} is not a folder of Holdfast's own (${runner}).`, {
    next: "Take it over first (holdfast adopt), or write what the finding's fix says by hand.",
  });
}

async function isAgreed(shown: readonly string[], count: number, terminal: Terminal): Promise<boolean> {
  terminal.note(shown.join("\n\n"));
  const answer = await ask(
    `\nWrite these ${plural(count, "file")}? A file that has run anywhere must stay as it is. [y/N] `,
  );
  return /^y(es)?$/i.test(answer.trim());
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    const next = "Make the folder writable, then run it again: what was written stays, and is judged as it is.";
    throw new HoldfastError("folder_missing", `${path} cannot be written (${code}).`, { next }, { cause: error });
  }
}

function renderLeft({ file, left }: FileFix): string[] {
  return left.map(
    ({ line, rule, reason }) => `${file}:${line}: not split${rule === "" ? "" : ` [${rule}]`}: ${reason}.`,
  );
}

function headline(count: number, isWritten: boolean): string {
  if (count === 0) return "Nothing that could be split.";
  if (isWritten) return `Wrote ${plural(count, "file")}. Look at them, then: holdfast lint`;
  return `Nothing was written: --write writes ${plural(count, "file")}. A file that has run anywhere must stay as it is.`;
}
