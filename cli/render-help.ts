import type { Command, Flag } from "./command.js";
import { COMMANDS } from "./command-table.js";
import { COMMON_FLAGS } from "./read-arguments.js";

/** `holdfast --help` */
export function renderOverview(version: string): string {
  const commands = Object.entries(COMMANDS).map(([name, { about }]) => [name, about] as const);
  return [
    `holdfast ${version}: versioned SQL migrations on a PostgreSQL that no deploy replaces`,
    "",
    "holdfast <command> [instance]",
    "",
    ...columns(commands),
    "",
    "Instances are the local databases of this project, the entries of holdfast.json, or --url and DATABASE_URL.",
    "Every command: --json, --help (with examples).",
    "",
    "Exit codes: 0 done, 1 SQL failed, 2 unreadable input, 3 refused, 4 could not connect or lock.",
  ].join("\n");
}

/** `holdfast <command> --help` */
export function renderCommandHelp(name: string, { about, words, flags, examples }: Command): string {
  const usage = words.map(({ name: word, isOptional }) => (isOptional === true ? `[${word}]` : `<${word}>`));
  const listed = Object.entries<Flag>({ ...flags, ...COMMON_FLAGS });
  return [
    about,
    "",
    `  ${["holdfast", name, ...usage, "[flags]"].join(" ")}`,
    "",
    ...columns(words.map((word) => [word.name, word.about])),
    ...(words.length === 0 ? [] : [""]),
    "Flags",
    ...columns(
      listed.map(([flag, { type, value = "VALUE", about: does }]) => [
        `--${flag}${type === "boolean" ? "" : ` ${value}`}`,
        does,
      ]),
    ),
    "",
    examples.length === 1 ? "Example" : "Examples",
    ...columns(examples),
  ].join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`.trimEnd());
}
