import type { Rule } from "../../engine/core/lint/rule.js";
import { RULES } from "../../engine/core/lint/rules.js";

/** docs/rules/README.md, of the rules as the linter has them. */
export function renderRulesIndex(rules: readonly Rule[] = RULES): string {
  const byId = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rows = byId.map(({ id, severity, harm, about }) => [`[${id}](${id}.md)`, severity, harm, about]);
  return [INTRODUCTION, table(["rule", "severity", "harm", "a statement that"], rows), ""].join("\n\n");
}

const INTRODUCTION = `# Safety rules

What a migration can do to a database in use, one rule a page: what goes wrong, who waits or fails, and the safe way. \`holdfast lint\` asks them offline;
\`plan\`, \`ci\`, the preview and every deploy ask them of the files they would run.

## How a folder is judged

Every file is judged behind what the earlier ones made: tables and their columns, types, constraints, indexes, partitions and functions are replayed from the
files themselves, without a database. What a file makes for certain (not with IF NOT EXISTS, and not rolled back) is its own: nobody uses it yet, and most rules
let it pass. So are temporary tables, and those of the [scratch schema](../migration-format.md#scratch-tables).

A statement is judged wherever it stands: in a CTE, in EXPLAIN ANALYZE, COPY and PREPARE, in a DO block, in an EXECUTE of constants, \`||\` and \`format()\`, in a
function or procedure that the file calls. What nobody can read before it runs is [cannot-tell](cannot-tell.md), which is an error: it is never taken for safe.

Holdfast's own files are judged as its runner runs them: in one transaction, unless a statement cannot; a backfill in batches; a contract behind an approval and a
backup. What the runner takes care of anyway (lock_timeout, builds that failed, journals) is not asked there, and what is a contract's work is not asked in one.
\`holdfast lint --dir\` judges another tool's folder as that tool runs it: each statement in a transaction of its own, unless the tool or the file says otherwise.

## Severities

| severity | means                                                                                                                                                                       |
| -------- | --------------------------------------------------------------------------------------------------------------------------------------------------------------------------- |
| error    | Rows are lost, the release still running breaks, reads or writes wait for work that grows with a table, or the statement fails. Nothing runs until it is mended or allowed. |
| warning  | Told, and in nobody's way.                                                                                                                                                  |
| info     | Told by \`holdfast lint\` alone.                                                                                                                                              |

## Harm

| harm     | means                                                                           |
| -------- | ------------------------------------------------------------------------------- |
| loss     | rows or values are gone, or overwritten                                         |
| break    | the release still running fails, or its later writes do                         |
| stall    | reads or writes wait                                                            |
| failure  | the statement, or a second run of it, fails or does something else than it says |
| unread   | nobody can tell before it runs                                                  |
| practice | security, style, advice                                                         |

## Allowing one finding

\`\`\`sql
-- holdfast:allow set-not-null until 2027-01-31 because the table has forty rows
ALTER TABLE currencies ALTER COLUMN symbol SET NOT NULL;
\`\`\`

The comment stands above the statement, or behind it on its last line, and counts for one rule on that statement until the end of that day, UTC. It needs a reason
and a date. One that is not in this form, names no rule, has expired, or allows nothing is a finding itself: [invalid-allowance](invalid-allowance.md). What only a
contract may do cannot be allowed by a comment in Holdfast's own files.

A rule is never switched off as a whole.

## All rules

This page is written by \`npx tsx test/lint/write-rules-index.ts\` from the rules themselves. A rule may be milder, or not asked, in another tool's folder: its page
says so.`;

/** Columns that stand in line, also for who reads the text itself. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), title.length),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
