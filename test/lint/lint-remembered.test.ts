import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lintCache } from "../../engine/adapters/lint-cache.js";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { lintFolder } from "../../engine/lint.js";
import { lintRemembered } from "../../engine/lint-remembered.js";
import { migrationFile } from "../support/migration-file.js";

const TABLE = "CREATE TYPE mood AS ENUM ('good'); CREATE TABLE orders (id bigint PRIMARY KEY, note text);";
const PROVEN = "ALTER TABLE orders ADD CHECK (note IS NOT NULL) NOT VALID;";
const VALIDATED = "-- @phase switch\nALTER TABLE orders VALIDATE CONSTRAINT orders_note_check;";
const REQUIRED = "-- @phase switch\nALTER TABLE orders ALTER note SET NOT NULL;";
const ALLOWED =
  "-- holdfast:allow create-index-blocking until 2026-12-01 because it is tiny\nCREATE INDEX ON orders (note);";

describe("the memory of the linter", () => {
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "holdfast-lint-"));
  });
  afterEach(() => {
    rmSync(cache, { recursive: true, force: true });
  });

  const files = (...texts: readonly string[]) => texts.map((text, at) => migrationFile(`000${at + 1}_step.sql`, text));
  const NOW = new Date("2026-11-21T00:00:00Z");
  interface Asked {
    readonly now?: Date;
    readonly rules?: string;
    readonly only?: ReadonlySet<string>;
  }
  /** The rules that object, and whether anything was parsed for it. */
  const ask = async (texts: readonly string[], { now = NOW, rules = "1", only }: Asked = {}) => {
    let isParsed = false;
    const loadParser = (): Promise<SqlParser> => {
      isParsed = true;
      return loadSqlParser();
    };
    const given = { files: files(...texts), now, ...(only !== undefined && { only }) };
    const report = await lintRemembered({ ...given, rules, loadParser, memory: lintCache("migrations", cache) });
    assert.deepEqual(report, lintFolder({ ...given, parser: await loadSqlParser() }), "as without a memory");
    const errors = report.findings.filter(({ severity }) => severity === "error");
    return [errors.map(({ rule }) => rule), isParsed] as const;
  };

  it("answers for a folder it knows without the parser", async () => {
    assert.deepEqual(await ask([TABLE, REQUIRED]), [["set-not-null"], true]);
    assert.deepEqual(await ask([TABLE, REQUIRED]), [["set-not-null"], false]);
  });

  it("judges what is added by what the files it remembers made", async () => {
    await ask([TABLE, PROVEN, VALIDATED]);
    assert.deepEqual(await ask([TABLE, PROVEN, VALIDATED, REQUIRED]), [[], true]);
    assert.deepEqual(await ask([TABLE, PROVEN, VALIDATED, REQUIRED]), [[], false]);
  });

  it("forgets what stands behind a change, and nothing of what is left where a file is taken away", async () => {
    await ask([TABLE, PROVEN, VALIDATED, REQUIRED]);
    assert.deepEqual(await ask([TABLE, PROVEN, "SELECT 1;", REQUIRED]), [["set-not-null"], true]);
    assert.deepEqual(await ask([TABLE, PROVEN]), [[], false]);
  });

  it("forgets an allowance the day it expires", async () => {
    assert.deepEqual(await ask([TABLE, ALLOWED]), [[], true]);
    assert.deepEqual(await ask([TABLE, ALLOWED]), [[], false]);
    const later = await ask([TABLE, ALLOWED], { now: new Date("2026-12-02T00:00:00Z") });
    assert.deepEqual(later, [["invalid-allowance", "create-index-blocking"], true]);
  });

  it("forgets everything with another build of the rules, and judges what was passed over before", async () => {
    await ask([TABLE, REQUIRED]);
    assert.deepEqual((await ask([TABLE, REQUIRED], { rules: "2" }))[1], true);
    assert.deepEqual(await ask([TABLE, REQUIRED], { rules: "2", only: new Set(["0001_step.sql"]) }), [[], true]);
    assert.deepEqual(await ask([TABLE, REQUIRED], { rules: "2" }), [["set-not-null"], true]);
  });
});
