import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { ServerError } from "../../engine/core/ports.js";
import { statementFailed } from "../../engine/core/statement-failed.js";
import { analysed } from "../support/migration-file.js";

describe("a statement that failed", () => {
  it("does not repeat the value that the server quotes, except in the part that only a terminal shows", async () => {
    const { migration, statements } = analysed(await loadSqlParser(), "SELECT 'hunter2'::integer;\n");
    const server = new ServerError('invalid input syntax for type integer: "hunter2"', "22P02", { detail: "a row" });
    const { message, details } = statementFailed(migration, statements[0]!, server, true);
    assert.match(message, /invalid input syntax for type integer: "…"/);
    assert.doesNotMatch(message + (details.redactedExcerpt ?? ""), /hunter2/);
    assert.equal(details.detail, `${server.message}\na row`);
  });

  it("names tables and columns as the server does", async () => {
    const { migration, statements } = analysed(await loadSqlParser(), "SELECT 1 FROM orders;\n");
    const server = new ServerError('relation "orders" does not exist', "42P01");
    assert.match(statementFailed(migration, statements[0]!, server, true).message, /relation "orders" does not exist/);
  });
});
