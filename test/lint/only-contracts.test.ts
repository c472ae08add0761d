import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { RULES } from "../../engine/core/lint/rules.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { lintFolder } from "../../engine/lint.js";
import { migrationFile } from "../support/migration-file.js";
import { ANY_PHASE, ONLY_CONTRACTS } from "./only-contracts-rows.js";

const CONTRACTS_WORK = new Set(RULES.filter((rule) => rule.isContractsWork === true).map(({ id }) => id));
/** Rows that destroy nothing and are objected to all the same, and by which rules. */
const OTHER_HARM: ReadonlyMap<string, readonly string[]> = new Map([
  // What no file shows is not taken for safe: whether a may be NULL, whether c is proven.
  [
    "ALTER TABLE users ALTER a DROP DEFAULT, ALTER b DROP NOT NULL, ALTER c SET NOT NULL;",
    ["drop-default-on-not-null", "set-not-null"],
  ],
  ["DELETE FROM users WHERE id = 1;", ["wrong-phase"]],
  ["DELETE FROM users WHERE banned;", ["unbatched-backfill"]],
  ["UPDATE users SET a = 1 WHERE a IS NULL;", ["unbatched-backfill"]],
  [
    "MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN DO NOTHING;",
    ["unbatched-backfill"],
  ],
  ["REVOKE SELECT ON users FROM app;", ["revoke"]],
]);

describe("the linter, of what only a contract may do", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });
  const errorsOf = (text: string) => {
    const files = [migrationFile("0007_change_things.sql", text)];
    const { findings } = lintFolder({ files, parser, now: new Date("2026-11-21T12:00:00Z") });
    return [...new Set(findings.filter(({ severity }) => severity === "error").map(({ rule }) => rule))].sort();
  };

  for (const sql of ONLY_CONTRACTS) {
    const title = sql.replace(/\s+/g, " ");
    it(`objects to ${title}`, () => {
      assert.notDeepEqual(errorsOf(sql), []);
    });
    it(`leaves it to a contract: ${title}`, () => {
      const objections = errorsOf(`-- @phase contract\n-- @closes 0001\n${sql}`);
      assert.deepEqual(
        objections.filter((rule) => CONTRACTS_WORK.has(rule)),
        [],
      );
    });
  }
  it("comes to an end with a function of an earlier file that calls itself", () => {
    const files = [
      migrationFile(
        "0001_walk.sql",
        "CREATE FUNCTION walk(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; RETURN walk(n - 1); END $$;",
      ),
      migrationFile("0002_call.sql", "SELECT walk(3);"),
    ];
    const only = new Set(["0002_call.sql"]);
    const { findings } = lintFolder({ files, parser, now: new Date("2026-11-21T12:00:00Z"), only });
    assert.ok(findings.some(({ rule, message }) => rule === "delete-all" && /in function walk/.test(message)));
  });
  for (const sql of ANY_PHASE) {
    it(`says no more than it should of ${sql.replace(/\s+/g, " ")}`, () => {
      assert.deepEqual(errorsOf(sql), OTHER_HARM.get(sql) ?? []);
    });
  }
});
