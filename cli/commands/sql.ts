import { text } from "node:stream/consumers";
import type { Row } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { CONNECTION_FLAGS, findTarget } from "../instances.js";
import type { Terminal } from "../terminal.js";
import { withSession } from "../with-session.js";

export const command = defineCommand({
  about: "Asks the database one statement. Read-only, held by the server, unless --write says otherwise.",
  words: [
    INSTANCE,
    { name: "query", about: "one SQL statement; read from stdin where it is left out", isOptional: true },
  ],
  flags: { ...CONNECTION_FLAGS, write: { type: "boolean", about: "let the statement change data" } },
  examples: [
    ['holdfast sql dev "SELECT count(*) FROM users"', "one statement"],
    ["holdfast sql dev --json < report.sql", "from a file, as JSON"],
  ],
  async run({ instance, words: [query], flags, terminal }) {
    const target = await findTarget(instance, flags);
    const sql = query ?? (await text(process.stdin));
    const purpose = flags.write === true ? "migrate" : "read-only";
    const rows = await withSession(target, terminal, purpose, async (session) => {
      // The first statement shares a transaction with the session's settings, which CREATE DATABASE would not bear.
      await session.query("SELECT 1");
      const found = await session.query(sql);
      for (const notice of session.takeNotices()) terminal.note(notice);
      return found;
    });
    return { json: { rows }, text: () => renderRows(rows, terminal) };
  },
});

async function renderRows(rows: readonly Row[], terminal: Terminal): Promise<string> {
  const [first] = rows;
  if (first === undefined) return "(no rows)";
  const { renderTable } = await import("../render-table.js");
  const names = Object.keys(first);
  const table = renderTable(
    names,
    rows.map((row) => names.map((name) => row[name] ?? "NULL")),
    terminal,
  );
  return `${table}\n(${rows.length} ${rows.length === 1 ? "row" : "rows"})`;
}
