import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { CORPUS } from "../../test/lint/corpus/index.js";
import { recordedLabels } from "../../test/lint/corpus/labels.js";
import { judgeCorpusRow } from "../../test/lint/corpus/lint-corpus-row.js";
import { judgeRows, ratesOf, type Rates, type Verdict } from "../../test/lint/corpus/measure-rates.js";
import { UNSEEN } from "../../test/lint/corpus/unseen.js";
import { rowKey, type CorpusRow } from "../../test/lint/probe/probed-row.js";
import type { CaseReport, ReportRow } from "../report.js";
import { askSquawk, isStyle, squawkBinary, type SquawkFindings } from "../squawk.js";
import { inTemporaryFolder } from "../temporary-folder.js";

/** The corpus is labelled on this major version. */
const SERVER = 18;

/**
 * Who catches what a server shows to be unsafe, and who objects to what it shows to be safe. Only files without our tags:
 * another linter cannot know of phases. Squawk reads a file by itself; Holdfast reads the earlier ones, too.
 */
export function lintVerdicts(title: string, kept: "all" | "unseen"): Promise<CaseReport> {
  return inTemporaryFolder(async (root) => {
    const rows = (kept === "all" ? [...CORPUS, ...UNSEEN] : UNSEEN).filter(({ manner }) => manner !== "holdfast");
    const files = new Map(rows.map((row, index) => [rowKey(row), join(root, `${index}.sql`)]));
    for (const row of rows) writeFileSync(files.get(rowKey(row)) ?? "", `${row.sql}\n`);
    const squawk = await askSquawk(await squawkBinary(), [...files.values()], SERVER);
    const bySquawk = (counts: (rule: string) => boolean): Rates =>
      rate(rows, (row) => {
        const rules = rulesFor(squawk, files.get(rowKey(row))).filter(counts);
        return { isCaught: rules.length > 0, rules };
      });
    const parser = await loadSqlParser();
    const own = rate(rows, (row) => judgeCorpusRow(parser, row));
    return {
      title: `${title}: ${own.unsafe} unsafe files and ${own.safe} safe ones, as a server showed`,
      rows: [
        figures("holdfast (errors)", own),
        figures(
          "squawk",
          bySquawk(() => true),
        ),
        figures(
          "squawk without its rules of style and timeouts",
          bySquawk((rule) => !isStyle(rule)),
        ),
      ],
      goals: [
        { what: "unsafe files caught", limit: 0.95, measured: own.caught, atLeast: true },
        { what: "false alarms", limit: 0.03, measured: own.falseAlarms },
      ],
    };
  });
}

function rulesFor(findings: SquawkFindings, file = ""): readonly string[] {
  return findings.get(file) ?? [];
}

function rate(rows: readonly CorpusRow[], judge: (row: CorpusRow) => Verdict): Rates {
  return ratesOf(judgeRows(rows, recordedLabels(), judge));
}

function figures(name: string, { caught, falseAlarms }: Rates): ReportRow {
  return { name, figures: { "caught %": 100 * caught, "false alarms %": 100 * falseAlarms } };
}
