import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import type { HoldfastError } from "../../engine/core/errors.js";
import { phaseFaults } from "../../engine/core/phase-rules.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { analysed, migrationFile } from "../support/migration-file.js";

const HEADERS = {
  expand: "",
  switch: "-- @phase switch\n",
  backfill: "-- @phase backfill\n-- @batch table=users key=id\n",
  contract: "-- @phase contract\n-- @closes 0001\n",
};
type Phase = keyof typeof HEADERS;

const block = (body: string) => `DO $$ BEGIN ${body} END $$;`;

describe("what belongs to which phase", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });
  const faultsIn = (phase: Phase, sql: string, folder: readonly string[] = []): HoldfastError[] => {
    const files = folder.map((text, index) => migrationFile(`000${index + 1}_earlier.sql`, text));
    return phaseFaults(analysed(parser, HEADERS[phase] + sql), parser, files);
  };

  const misplaced: [phases: Phase[], sql: string, belongsTo: Phase, what: RegExp][] = [
    [["expand"], "ALTER TABLE users VALIDATE CONSTRAINT named;", "switch", /VALIDATE CONSTRAINT named of users/],
    [["expand"], "ALTER TABLE app.users ALTER a SET NOT NULL;", "switch", /SET NOT NULL of app\.users\.a/],
    [["expand"], "ALTER TABLE users ADD b int, ALTER a SET NOT NULL;", "switch", /SET NOT NULL of users\.a/],
    [
      ["expand"],
      "ALTER TABLE users ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT c;",
      "switch",
      /VALIDATE/,
    ],
    [["expand"], "ALTER DOMAIN positive VALIDATE CONSTRAINT c;", "switch", /of a domain/],
    [
      ["expand"],
      block("ALTER TABLE users ALTER a SET NOT NULL;"),
      "switch",
      /SET NOT NULL of users\.a, in the DO block/,
    ],
    [["expand", "switch"], "DELETE FROM users WHERE id = 1;", "contract", /DELETE of rows of users/],
    [["backfill"], "DELETE FROM users WHERE old AND id BETWEEN :from AND :to;", "contract", /DELETE of rows of users/],
    [
      ["expand", "switch"],
      "WITH gone AS (DELETE FROM users WHERE old RETURNING id) INSERT INTO copies SELECT id FROM gone;",
      "contract",
      /DELETE of rows of users/,
    ],
    [
      ["expand", "switch"],
      block("DELETE FROM users WHERE old;"),
      "contract",
      /DELETE of rows of users, in the DO block/,
    ],
    [["expand", "switch"], "REVOKE SELECT ON users FROM app;", "contract", /REVOKE on users/],
    [["expand"], "REVOKE ALL ON ALL TABLES IN SCHEMA app FROM app;", "contract", /all objects of schema app/],
    [["expand"], "REVOKE EXECUTE ON FUNCTION app.f(int) FROM PUBLIC;", "contract", /REVOKE on app\.f/],
    [["expand"], "REVOKE admins FROM ann;", "contract", /membership/],
    [["expand", "switch"], "ALTER TABLE users ALTER a TYPE smallint;", "contract", /TYPE int2 for users\.a/],
    [["expand"], "ALTER TABLE users ALTER a TYPE boolean USING a = 1;", "contract", /narrows/],
    [["contract"], "CREATE TABLE pets (id int);", "expand", /CREATE TABLE pets/],
    [["contract"], "ALTER TABLE users DROP a, ADD COLUMN b int;", "expand", /ADD COLUMN b to users/],
  ];
  for (const [phases, sql, belongsTo, what] of misplaced) {
    for (const phase of phases) {
      it(`${phase}: ${sql} belongs to ${belongsTo}`, () => {
        const [fault, ...others] = faultsIn(phase, sql);
        assert.equal(fault?.code, "wrong_phase");
        assert.deepEqual(others, []);
        assert.match(fault.message, /^migrations\/0007_change_things\.sql:\d+:\d+: /);
        assert.match(fault.message, what);
        assert.match(
          fault.message,
          new RegExp(`belongs to the ${belongsTo} phase, and this file is of phase ${phase}`),
        );
        assert.match(
          fault.details.next ?? "",
          belongsTo === "expand" ? /without `@phase`/ : new RegExp(`@phase ${belongsTo}`),
        );
      });
    }
  }

  it("finds the DELETE in a function that an earlier file defined", () => {
    const folder = ["CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM users WHERE old';"];
    const [fault] = faultsIn("expand", "SELECT purge();", folder);
    assert.match(fault?.message ?? "", /in function purge \(0001_earlier\.sql\)/);
  });

  const placed: [phases: Phase[], sql: string][] = [
    [["switch", "contract"], "ALTER TABLE users VALIDATE CONSTRAINT c; ALTER TABLE users ALTER a SET NOT NULL;"],
    [
      ["contract"],
      "DELETE FROM users WHERE old; REVOKE SELECT ON users FROM app; ALTER TABLE users ALTER a TYPE date;",
    ],
    [["contract"], "DROP VIEW v; ALTER TABLE users DROP a; CREATE VIEW v AS SELECT b FROM users;"],
    [["contract"], "CREATE TEMP TABLE t (a int); CREATE TABLE holdfast_scratch.t (a int);"],
    // What other linters' users complain of most: the file's own objects.
    [["expand"], "CREATE TABLE t (a int); ALTER TABLE t ALTER a SET NOT NULL; DELETE FROM t WHERE a = 1;"],
    [["expand"], "CREATE TABLE t (a int, CHECK (a > 0)); ALTER TABLE t VALIDATE CONSTRAINT t_a_check;"],
    [["expand"], "CREATE TABLE t (a int); REVOKE ALL ON t FROM PUBLIC; REVOKE ALL ON TABLE t FROM app;"],
    [["expand"], "CREATE SCHEMA app; REVOKE ALL ON SCHEMA app FROM PUBLIC;"],
    [
      ["expand"],
      "CREATE FUNCTION app.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION app.f(int) FROM PUBLIC;",
    ],
    [
      ["expand"],
      "CREATE SEQUENCE s; REVOKE ALL ON SEQUENCE s FROM PUBLIC; CREATE TYPE mood AS ENUM ('a'); REVOKE ALL ON TYPE mood FROM PUBLIC;",
    ],
    [["expand"], "ALTER TABLE users ADD a int DEFAULT 0; ALTER TABLE users ALTER a SET NOT NULL;"],
    [["expand"], "CREATE TEMP TABLE t AS SELECT 1 AS a; DELETE FROM t WHERE a = 1;"],
    [["expand", "switch"], "DELETE FROM holdfast_scratch.work WHERE done;"],
    // Harmless in either phase.
    [
      ["expand", "switch"],
      "ALTER TABLE users ALTER a SET DEFAULT 1, ALTER b DROP NOT NULL; GRANT SELECT ON users TO app;",
    ],
    [
      ["expand", "switch"],
      "CREATE OR REPLACE VIEW v AS SELECT 1 AS a; CREATE TABLE t (a int); ALTER TABLE users ADD b int;",
    ],
    [["expand", "switch"], "ALTER TABLE users ALTER a TYPE bigint; ALTER TABLE users ALTER b TYPE text;"],
    [["expand", "switch"], "ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;"],
    [["expand"], "CREATE RULE r AS ON DELETE TO v DO INSTEAD DELETE FROM users WHERE id = OLD.id;"],
    [["expand"], "CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM users WHERE old';"],
    [["backfill"], "UPDATE users SET a = b WHERE a IS NULL AND id BETWEEN :from AND :to;"],
  ];
  for (const [phases, sql] of placed) {
    for (const phase of phases) {
      it(`${phase}: lets pass ${sql}`, () => {
        assert.deepEqual(
          faultsIn(phase, sql).map(({ message }) => message),
          [],
        );
      });
    }
  }

  it("tells all of a file, each with its line", () => {
    const faults = faultsIn("expand", "SELECT 1;\nREVOKE SELECT ON users FROM app;\nDELETE FROM users WHERE old;\n");
    assert.deepEqual(
      faults.map(({ details }) => details.location?.line),
      [2, 3],
    );
  });
});
