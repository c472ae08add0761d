import { createColors } from "picocolors";
import {
  modeAsSql,
  type DataLoss,
  type RehearsalReport,
  type RehearsedFile,
  type RehearsedStatement,
} from "../engine/index.js";
import { formatDuration, plural } from "./format.js";
import { errorJson, renderError } from "./render-error.js";
import { renderTable } from "./render-table.js";
import type { Terminal } from "./terminal.js";

/** A rehearsal of hundreds of files is read by what is said below the tables; --json has them all. */
const SHOWN_STATEMENTS = 200;

/** For --json. */
export function rehearsalJson({ files, ...report }: RehearsalReport): object {
  return {
    ...report,
    files: files.map(({ error, ...file }) => ({ ...file, error: error === null ? null : errorJson(error) })),
  };
}

/** What a rehearsal showed, for a person. */
export function renderRehearsal(report: RehearsalReport, terminal: Terminal): string {
  const { files, server, history, durationMs } = report;
  if (files.length === 0) return "Nothing is pending: nothing was rehearsed.";
  const rehearsed = files.filter(({ statements }) => statements.length > 0);
  const after = history === 0 ? "" : `, after ${plural(history, "earlier file")}`;
  return [
    `${plural(files.length, "file")} on ${server}${after}, in ${formatDuration(durationMs)}.`,
    ...(rehearsed.length === 0 ? [] : ["", statementTable(rehearsed, terminal)]),
    "",
    fileTable(files, terminal),
    ...remarks(files, terminal),
    ...errors(files, terminal),
  ].join("\n");
}

function statementTable(files: readonly RehearsedFile[], terminal: Terminal): string {
  const rows = files.flatMap(({ name, statements }) => statements.map((statement) => rowOf(name, statement, terminal)));
  const more = rows.length - SHOWN_STATEMENTS;
  const table = renderTable(
    ["statement", "locks", "rewrites", "scans", "rows", "time"],
    rows.slice(0, SHOWN_STATEMENTS),
    terminal,
  );
  return more > 0 ? `${table}\n… and ${plural(more, "statement")} more (--json has them all)` : table;
}

function rowOf(name: string, statement: RehearsedStatement, { hasColours }: Terminal): string[] {
  const { bold } = createColors(hasColours.output);
  const { line, locks, rewrites, scans, rows, durationMs } = statement;
  const named = locks.map(({ relation, mode, isStrong }) => {
    const text = `${modeAsSql(mode)} ${relation}`;
    return isStrong ? bold(text) : text;
  });
  return [
    `${name}:${line}`,
    ...[named, rewrites, scans].map((list) => list.join("\n") || "-"),
    String(rows),
    durationMs < 10 ? `${durationMs.toFixed(1)} ms` : formatDuration(durationMs),
  ];
}

function fileTable(files: readonly RehearsedFile[], terminal: Terminal): string {
  const { red, yellow, green } = createColors(terminal.hasColours.output);
  const colours = { rehearsed: green, failed: red, "cannot rehearse": yellow };
  return renderTable(
    ["file", "outcome", "@verify", "@rollback"],
    files.map(({ name, outcome, verify, rollback }) => [
      name,
      colours[outcome](outcome),
      outcome === "cannot rehearse" ? "-" : verify ? "true" : "not true",
      outcome === "cannot rehearse" ? "-" : rollback.outcome,
    ]),
    terminal,
  );
}

/** Sentence by sentence, under the file's name. */
function remarks(files: readonly RehearsedFile[], terminal: Terminal): string[] {
  const { yellow } = createColors(terminal.hasColours.output);
  return files.flatMap((file) => {
    const { reason, rollback, contradictions, notes } = file;
    const said = [
      ...(reason === null ? [] : [["cannot", `${reason}. Rehearse it on a server of yours: --rehearse-on URL`]]),
      ...(rollback.outcome === "only the backup leads back" ? [["no way", rollback.reason ?? ""]] : []),
      ...rollback.lost.map(({ what }) => ["loses", what]),
      ...(rollback.lostSince.length === 0 ? [] : [["takes", writtenSince(rollback.lostSince)]]),
      ...contradictions.map((what) => ["wrong", what]),
      ...notes.map((what) => ["note", what]),
    ];
    return said.length === 0
      ? []
      : ["", file.name, ...said.map(([kind = "", what = ""]) => `  ${yellow(kind.padEnd(8))}${what}`)];
  });
}

/** What a rollback takes from those who went on writing. */
export function writtenSince(losses: readonly DataLoss[]): string {
  return `what was written since: ${losses.map(({ what }) => what).join(", ")}`;
}

function errors(files: readonly RehearsedFile[], { hasColours, isOutputTty }: Terminal): string[] {
  const { red, dim } = createColors(hasColours.output);
  return files.flatMap(({ error }) =>
    error === null ? [] : ["", renderError(error, { isScreen: isOutputTty, bad: red, dim })],
  );
}
