import type { PlainFile } from "../../../engine/core/lint/lint-file.js";
import type { LintFinding } from "../../../engine/core/lint/lint-finding.js";
import type { SqlParser } from "../../../engine/core/ports.js";
import { lintFolder } from "../../../engine/lint.js";
import { migrationFile } from "../../support/migration-file.js";
import type { Verdict } from "./measure-rates.js";
import { SHOP_HISTORY } from "./shop.js";
import type { CorpusRow } from "../probe/probed-row.js";

/** The rows are labelled on this major version. */
const SERVER = 18;
const NOW = new Date("2026-11-21T12:00:00Z");

/** What the linter says of the row's file, the shop's history and the row's own before it. */
export function lintCorpusRow(
  parser: SqlParser,
  row: Pick<CorpusRow, "sql" | "manner" | "before">,
): readonly LintFinding[] {
  const texts = [...SHOP_HISTORY, ...(row.before ?? []), row.sql];
  const files = texts.map((text, index) =>
    migrationFile(`${String(index + 1).padStart(4, "0")}_change_things.sql`, text),
  );
  const only = new Set(files.slice(-1).map(({ name }) => name));
  const request = { parser, now: NOW, only, server: SERVER };
  return row.manner === "holdfast"
    ? lintFolder({ ...request, files }).findings
    : lintFolder({ ...request, files: files.map(asPlain) }).findings;
}

/** The linter's verdict on the row, for the rates. */
export function judgeCorpusRow(parser: SqlParser, row: CorpusRow): Verdict {
  const findings = lintCorpusRow(parser, row);
  const errors = findings.filter(({ severity }) => severity === "error");
  return { isCaught: isCaught(findings), rules: errors.map(({ rule }) => rule) };
}

/** Errors alone stop a deploy: a row with one counts as caught. */
export function isCaught(findings: readonly LintFinding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

function asPlain({ name, path, text, order }: ReturnType<typeof migrationFile>): PlainFile {
  return { name, path, text, order, up: { text, offset: 0, line: 1 }, isOneTransaction: false };
}
