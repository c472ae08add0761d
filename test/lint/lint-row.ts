import type { LintFinding } from "../../engine/core/lint/lint-finding.js";
import type { PlainFile } from "../../engine/core/lint/lint-file.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { lintFolder } from "../../engine/lint.js";
import { migrationFile } from "../support/migration-file.js";
import type { RuleRow } from "./rule-rows.js";

/** The findings of a row's file, judged behind its history. */
export function lintRow(row: RuleRow, parser: SqlParser): readonly LintFinding[] {
  const { history = [], sql, manner = "holdfast", server, isOneTransaction = false } = row;
  const texts = [...(typeof history === "string" ? [history] : history), sql];
  const files = texts.map((text, index) => {
    const isLast = index === texts.length - 1;
    return migrationFile(`${String(index + 1).padStart(4, "0")}_${isLast ? "judged" : "earlier"}.sql`, text);
  });
  const { findings } = lintFolder({
    files: manner === "plain" ? files.map((file) => plain(file, isOneTransaction)) : files,
    parser,
    now: new Date("2026-11-21T12:00:00Z"),
    only: new Set(files.slice(-1).map(({ name }) => name)),
    ...(server !== undefined && { server }),
  });
  return findings;
}

function plain(file: ReturnType<typeof migrationFile>, isOneTransaction: boolean): PlainFile {
  return { ...file, up: { text: file.text, offset: 0, line: 1 }, isOneTransaction };
}
