import assert from "node:assert/strict";
import fc from "fast-check";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { unsafeStatements } from "../../engine/core/unsafe-statements.js";
import { analysed, migrationFile } from "../support/migration-file.js";

/** A DO block around PL/pgSQL statements. */
const block = (body: string, declarations = "") => `DO $$ ${declarations} BEGIN ${body} END $$;`;

describe("what only a contract may do", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });
  const faultsIn = (sql: string, folder: readonly string[] = []) => {
    const files = folder.map((text, index) => migrationFile(`000${index + 1}_earlier.sql`, text));
    const file = analysed(parser, sql);
    assert.deepEqual(
      file.faults.map(({ code, message }) => `${code} ${message}`).filter((text) => text.startsWith("sql_syntax")),
      [],
    );
    return unsafeStatements(file, parser, files);
  };

  const unsafe: [string, RegExp][] = [
    ["DROP TABLE users;", /drops table users/],
    ["DROP TABLE IF EXISTS app.users, orders CASCADE;", /drops table app\.users, orders/],
    ["DROP VIEW v;", /drops view v/],
    ["DROP MATERIALIZED VIEW v;", /drops materialized view v/],
    ["DROP INDEX i;", /drops index i/],
    ["DROP INDEX CONCURRENTLY i;", /drops index i/],
    ["DROP FUNCTION f(int);", /drops function f/],
    ["DROP PROCEDURE p;", /drops procedure p/],
    ["DROP TRIGGER t ON users;", /drops trigger users\.t/],
    ["DROP TYPE mood;", /drops type mood/],
    ["DROP DOMAIN d CASCADE;", /drops domain d/],
    ["DROP SCHEMA app CASCADE;", /drops schema app/],
    ["DROP EXTENSION pgcrypto;", /drops extension pgcrypto/],
    ["DROP SEQUENCE s;", /drops sequence s/],
    ["DROP POLICY p ON users;", /drops policy users\.p/],
    ["DROP OWNED BY app;", /owns/],
    ["DROP ROLE app;", /drops a role/],
    ["ALTER TABLE users DROP COLUMN name;", /drops column users\.name/],
    [
      "ALTER TABLE users ADD COLUMN a int, DROP IF EXISTS b, DROP CONSTRAINT c;",
      /column users\.b and drops constraint users\.c/,
    ],
    ["ALTER TABLE users ALTER id DROP IDENTITY;", /identity/],
    ["ALTER TABLE users ALTER id DROP EXPRESSION;", /expression/],
    ["ALTER TYPE pair DROP ATTRIBUTE b;", /drops column pair\.b/],
    ["ALTER DOMAIN d DROP CONSTRAINT c;", /constraint of a domain/],
    ["ALTER PUBLICATION p DROP TABLE users;", /publication/],
    ["TRUNCATE users, orders;", /truncates users, orders/],
    ["DELETE FROM users;", /deletes every row of users/],
    ["DELETE FROM users USING orders;", /deletes every row/],
    ["DELETE FROM users WHERE true;", /deletes every row/],
    ["DELETE FROM users WHERE 1 = 1;", /deletes every row/],
    ["DELETE FROM users WHERE NOT false AND 'a' = 'a'::text;", /deletes every row/],
    ["UPDATE users SET a = 1;", /overwrites every row of users/],
    ["UPDATE app.users u SET a = o.b FROM orders o;", /overwrites every row of app\.users/],
    ["WITH gone AS (DELETE FROM users RETURNING *) SELECT count(*) FROM gone;", /deletes every row/],
    ["INSERT INTO copies WITH d AS (DELETE FROM users RETURNING id) SELECT id FROM d;", /deletes every row/],
    [
      "CREATE TABLE copies AS WITH d AS (UPDATE users SET a = 1 RETURNING id) SELECT id FROM d;",
      /overwrites every row/,
    ],
    ["MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED THEN DELETE;", /by MERGE/],
    ["MERGE INTO users u USING orders o ON u.id = o.id WHEN NOT MATCHED BY SOURCE THEN UPDATE SET a = 1;", /by MERGE/],
    ["EXPLAIN ANALYZE DELETE FROM users;", /deletes every row/],
    ["COPY (DELETE FROM users RETURNING *) TO '/tmp/x';", /deletes every row/],
    ["PREPARE gone AS DELETE FROM users;", /deletes every row/],
    ["CREATE RULE r AS ON INSERT TO users DO ALSO DELETE FROM orders;", /deletes every row of orders/],
    ["ALTER TABLE users RENAME TO people;", /renames table users/],
    ["ALTER TABLE users RENAME COLUMN a TO b;", /renames column users\.a/],
    ["ALTER TABLE users RENAME CONSTRAINT a TO b;", /renames constraint users\.a/],
    ["ALTER VIEW v RENAME TO w;", /renames view v/],
    ["ALTER FUNCTION f() RENAME TO g;", /renames function f/],
    ["ALTER SCHEMA a RENAME TO b;", /renames schema a/],
    ["ALTER TYPE mood RENAME TO humour;", /renames type mood/],
    ["ALTER TYPE mood RENAME VALUE 'a' TO 'b';", /renames the value a/],
    ["ALTER TABLE users SET SCHEMA app;", /moves table users/],
    // inside DO
    [block("DROP TABLE users;"), /drops table users, in the DO block/],
    [block("DELETE FROM users;"), /deletes every row/],
    [block("IF true THEN NULL; ELSIF false THEN DELETE FROM users; END IF;"), /every row/],
    [block("IF true THEN NULL; ELSE DELETE FROM users; END IF;"), /every row/],
    [block("CASE 1 WHEN 1 THEN DELETE FROM users; ELSE NULL; END CASE;"), /every row/],
    [block("CASE 1 WHEN 1 THEN NULL; ELSE DELETE FROM users; END CASE;"), /every row/],
    [block("LOOP DELETE FROM users; EXIT; END LOOP;"), /every row/],
    [block("WHILE true LOOP DELETE FROM users; END LOOP;"), /every row/],
    [block("FOR i IN 1..3 LOOP DELETE FROM users; END LOOP;"), /every row/],
    [block("FOREACH x IN ARRAY ARRAY[1] LOOP DELETE FROM users; END LOOP;", "DECLARE x int;"), /every row/],
    [block("FOR r IN DELETE FROM users RETURNING 1 LOOP NULL; END LOOP;", "DECLARE r record;"), /every row/],
    [block("FOR r IN SELECT 1 LOOP UPDATE users SET a = 1; END LOOP;", "DECLARE r record;"), /every row/],
    [block("BEGIN NULL; EXCEPTION WHEN others THEN TRUNCATE users; END;"), /truncates users/],
    [block("x := (WITH d AS (DELETE FROM users RETURNING 1) SELECT count(*) FROM d);", "DECLARE x int;"), /every row/],
    [block("NULL;", "DECLARE c CURSOR FOR DELETE FROM users RETURNING 1;"), /every row/],
    [block("ALTER TABLE users RENAME a TO b;"), /renames column/],
    ["DO 'BEGIN DELETE FROM \"users\"; END';", /every row/],
    ["DO LANGUAGE plpgsql $$ BEGIN DELETE FROM users; END $$;", /every row/],
    // dynamic SQL
    [block("EXECUTE 'DROP TABLE users';"), /drops table users, in the DO block/],
    [block("EXECUTE 'DR' || 'OP TABLE ' || 'users';"), /drops table users/],
    [block("EXECUTE format('DROP TABLE %I.%I', 'app', 'users');"), /drops table app\.users/],
    [block("EXECUTE format('DROP TABLE %2$I', 'app', 'users');"), /drops table users/],
    [block("EXECUTE format('DELETE FROM %I', t);", "DECLARE t text;"), /deletes every row/],
    [block("EXECUTE 'TRUNCATE ' || quote_ident(t);", "DECLARE t text;"), /truncates/],
    [block("EXECUTE concat('DROP ', 'VIEW v');"), /drops view v/],
    [block("EXECUTE 'ALTER TABLE users ADD a int; DROP TABLE orders'::text;"), /drops table orders/],
    [block("FOR r IN EXECUTE 'DELETE FROM users RETURNING 1' LOOP NULL; END LOOP;", "DECLARE r record;"), /every row/],
    [block("OPEN c FOR EXECUTE 'DELETE FROM users RETURNING 1';", "DECLARE c refcursor;"), /every row/],
    [block("EXECUTE q;", "DECLARE q text := 'SELECT 1';"), /cannot be judged: EXECUTE/],
    [block("EXECUTE verb || ' TABLE users';", "DECLARE verb text;"), /cannot be judged/],
    [block("EXECUTE format('%s', q);", "DECLARE q text;"), /cannot be judged/],
    [block("EXECUTE 'ALTER TABLE users ' || change;", "DECLARE change text;"), /cannot be judged/],
    // bodies beyond the parser, and in other languages
    [block("r.id := 1; DELETE FROM users;", "DECLARE r users%ROWTYPE;"), /cannot be judged: its PL\/pgSQL/],
    ["DO LANGUAGE plpython3u $$ plpy.execute('SELECT 1') $$;", /written in plpython3u/],
    // routines of the same file
    [
      "CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM users'; SELECT purge();",
      /every row of users, in function purge/,
    ],
    [
      "CREATE FUNCTION purge() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM users; END; SELECT purge();",
      /in function purge/,
    ],
    [
      "CREATE FUNCTION purge() RETURNS int LANGUAGE plpgsql AS $$ BEGIN TRUNCATE users; RETURN 1; END $$; INSERT INTO log VALUES (purge());",
      /truncates/,
    ],
    [
      "CREATE PROCEDURE purge() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; END $$; CALL purge();",
      /in procedure purge/,
    ],
    [
      `CREATE FUNCTION inner_one() RETURNS void LANGUAGE sql AS 'DROP TABLE users';
       CREATE FUNCTION outer_one() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM inner_one(); END $$;
       ${block("PERFORM app.outer_one();")}`,
      /drops table users, in function inner_one/,
    ],
    [
      "CREATE FUNCTION g(x int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; RETURN x; END $$; ALTER TABLE t ADD c int DEFAULT g(1);",
      /in function g/,
    ],
    // what the file made is its own only while the name must mean it
    ["CREATE TABLE IF NOT EXISTS users (id int); DROP TABLE users;", /drops table/],
    ["CREATE TEMP TABLE users (id int); DROP TABLE users; DROP TABLE users;", /drops table/],
    ["CREATE TABLE app.users (id int); DROP TABLE users;", /drops table/],
    ['CREATE TABLE users (id int); DROP TABLE "Users";', /drops table Users/],
    ["CREATE TABLE users (id int); SET search_path = app; DROP TABLE users;", /drops table/],
    ["CREATE TABLE users (id int); SELECT set_config('search_path', 'app', true); DROP TABLE users;", /drops table/],
    ["CREATE TABLE users (id int); SET ROLE other; DROP TABLE users;", /drops table/],
    [`CREATE TEMP TABLE users (id int); ${block("FOR i IN 1..2 LOOP DROP TABLE users; END LOOP;")}`, /in the DO block/],
    ["CREATE TEMP TABLE users (id int); CREATE INDEX CONCURRENTLY i ON t (a); DELETE FROM users;", /every row/],
    ["CREATE TABLE users (id int); DROP TABLE users, orders;", /drops table/],
    ["CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION f(text);", /drops function/],
    ["CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION f();", /drops function/],
  ];
  for (const [sql, message] of unsafe) {
    it(`refuses ${sql.replace(/\s+/g, " ")}`, () => {
      const faults = faultsIn(sql);
      assert.equal(faults.length, 1, faults.map((fault) => fault.message).join("\n") || "nothing found");
      const [fault] = faults;
      assert.equal(fault?.code, "unsafe_statement");
      assert.equal(fault.exitCode, 3);
      assert.match(fault.message, message);
      assert.match(fault.message, /^migrations\/0007_change_things\.sql:\d+:\d+: /);
      assert.match(fault.details.next ?? "", /@phase contract/);
    });
    it(`lets a contract do it: ${sql.replace(/\s+/g, " ")}`, () => {
      assert.deepEqual(faultsIn(`-- @phase contract\n-- @closes 0001\n${sql}`), []);
    });
  }

  const safe: string[] = [
    "CREATE TABLE users (id int); ALTER TABLE users ADD x int; CREATE INDEX ON users (x);",
    "ALTER TABLE users ALTER a DROP DEFAULT, ALTER b DROP NOT NULL, ALTER c SET NOT NULL;",
    "DELETE FROM users WHERE id = 1;",
    "DELETE FROM users WHERE banned;",
    "UPDATE users SET a = 1 WHERE a IS NULL;",
    "INSERT INTO users VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1;",
    "MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN DO NOTHING;",
    "ALTER INDEX a RENAME TO b;",
    "SELECT 'DROP TABLE users'; COMMENT ON TABLE users IS 'DELETE FROM users';",
    "CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM users';",
    "CREATE FUNCTION purge() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM users; END;",
    "CREATE FUNCTION purge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; RETURN NEW; END $$;",
    "CREATE TABLE scratch (id int); UPDATE scratch SET id = 2; DELETE FROM scratch; TRUNCATE scratch; ALTER TABLE scratch DROP id; DROP TABLE scratch;",
    "CREATE TEMP TABLE scratch AS SELECT 1; DROP TABLE scratch;",
    "SELECT 1 AS a INTO TEMP scratch; DELETE FROM scratch;",
    "CREATE FUNCTION f(a int, b text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION f(int, text[]);",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION f;",
    block("INSERT INTO users VALUES (1); UPDATE users SET a = 1 WHERE id = 1;"),
    block("IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood AS ENUM ('a'); END IF;"),
    block("EXECUTE format('ALTER TABLE %I ADD COLUMN x int', t);", "DECLARE t text;"),
    block("EXECUTE format('COMMENT ON TABLE %I IS %L', t, 'DROP TABLE x');", "DECLARE t text;"),
    block(
      "FOR r IN SELECT 1 AS id LOOP EXECUTE 'UPDATE t SET a = 1 WHERE id = $1' USING r.id; END LOOP;",
      "DECLARE r record;",
    ),
    block("RAISE NOTICE 'DROP TABLE users'; -- DELETE FROM users\n"),
    block("r.id := 1;", "DECLARE r users%ROWTYPE;"),
    "SELECT now(), unknown_function(1), app.other();",
    "CREATE FUNCTION loop_one() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM loop_one(); END $$; SELECT loop_one();",
    "REVOKE SELECT ON users FROM app;",
  ];
  for (const sql of safe) {
    it(`lets pass ${sql.replace(/\s+/g, " ")}`, () => {
      assert.deepEqual(
        faultsIn(sql).map(({ message }) => message),
        [],
      );
    });
  }

  it("points at the very line of a DO block", () => {
    const [fault] = faultsIn(
      "-- @why x\n\nSELECT 1;\nDO $body$\nDECLARE\n  x int;\nBEGIN\n  x := 1;\n\n  DELETE FROM users;\nEND\n$body$;\n",
    );
    assert.deepEqual(fault?.details.location, { file: "migrations/0007_change_things.sql", line: 10, column: 3 });
    assert.match(fault.details.excerpt ?? "", /10 \| {3}DELETE FROM users;\n {3}\| {3}\^/);
  });

  it("finds the body of a function that an earlier file defined, and names that file", () => {
    const folder = ["SELECT 1;", "CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM users';"];
    const [fault, ...others] = faultsIn("SELECT 1;\nSELECT purge();", folder);
    assert.match(fault?.message ?? "", /function purge \(0002_earlier\.sql\)/);
    assert.equal(fault?.details.location?.line, 2);
    assert.deepEqual(others, []);
  });

  it("is told apart by PostgreSQL's grammar, wherever blanks, comments and capitals stand", () => {
    const blank = fc.constantFrom(" ", "\n", "\t", " /* x; */ ", " -- y\n");
    const spelled = (word: string) =>
      fc
        .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
        .map((ups) => Array.from(word, (letter, at) => (ups[at] ? letter.toUpperCase() : letter)).join(""));
    const words = fc.tuple(
      blank,
      spelled("drop"),
      blank,
      spelled("table"),
      blank,
      fc.constantFrom("users", '"users"', "Users"),
      blank,
    );
    fc.assert(
      fc.property(words, (parts) => {
        assert.match(faultsIn(`SELECT 1;${parts.join("")};`)[0]?.message ?? "", /drops table users/);
      }),
    );
  });
});
