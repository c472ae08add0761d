import { text } from "node:stream/consumers";
import type { Row } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { CONNECTION_FLAGS, findTarget, type Target } from "../instances.js";
import type { Terminal } from "../terminal.js";
import { withSession } from "../with-session.js";

export const command = defineCommand({
  about: "Asks the database one statement. Read-only, held by the server, unless --write says otherwise.",
  words: [
    INSTANCE,
    { name: "query", about: "one SQL statement; read from stdin where it is left out", isOptional: true },
  ],
  flags: {
    ...CONNECTION_FLAGS,
    write: { type: "boolean", about: "let the statement change data" },
    "as-login": {
      type: "boolean",
      about: "as who logs in, not as the owner role: to see and end the sessions of others",
    },
  },
  examples: [
    ['holdfast sql dev "SELECT count(*) FROM users"', "one statement"],
    ["holdfast sql dev --json < report.sql", "from a file, as JSON"],
  ],
  async run({ instance, words: [query], flags, terminal }) {
    const found = await findTarget(instance, flags);
    const target = flags["as-login"] === true ? asLogin(found) : found;
    const sql = query ?? (await text(process.stdin));
    const purpose = flags.write === true ? "migrate" : "read-only";
    const rows = await withSession(target, terminal, purpose, async (session) => {
      // The first statement shares a transaction with the session's settings, which CREATE DATABASE would not bear.
      await session.query("SELECT 1");
      const answer = await session.query(sql);
      for (const notice of session.takeNotices()) terminal.note(notice);
      return answer;
    });
    return { json: { rows }, text: () => renderRows(rows, terminal) };
  },
});

/** Who owns the objects may neither read what other sessions do nor end one. */
function asLogin(target: Target): Target {
  return { ...target, connection: { ...target.connection, ownerRole: "none" } };
}

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
