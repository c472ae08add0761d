import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import type { Approval } from "../../engine/core/migration.js";
import { fixFolder, type FileFix } from "../../engine/fix-folder.js";
import { lintFolder } from "../../engine/lint.js";
import { deploy, OWNER_ROLE, recordedBackups, type Folder } from "../support/engine.js";
import { migrationFile } from "../support/migration-file.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const HISTORY = `CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE places (id int PRIMARY KEY);
CREATE TABLE users (
  id bigint PRIMARY KEY, name text NOT NULL, nick text, age int, cents int NOT NULL, place int, code text NOT NULL
);
`;
const ROWS = `INSERT INTO places VALUES (1), (2);
INSERT INTO users SELECT n, 'user ' || n, CASE WHEN n % 3 = 0 THEN 'nick ' || n END, n, n * 7, 1 + n % 2, 'c' || n
FROM generate_series(1, 500) AS n;`;

interface Case {
  readonly title: string;
  readonly unsafe: string;
  /** Columns that the safe way names otherwise, by the name the unsafe one gives them. */
  readonly names?: Readonly<Record<string, string>>;
  /** What the release still running goes on doing between the files. */
  readonly oldClient?: string;
  /** Columns whose values differ by nature. */
  readonly without?: readonly string[];
}

const CASES: readonly Case[] = [
  { title: "an index, CONCURRENTLY in a file of its own", unsafe: "CREATE INDEX ON users (nick);" },
  {
    title: "a required column as the seed writes it",
    unsafe: `ALTER TABLE users ADD COLUMN lang text;
UPDATE users SET lang = 'en';
ALTER TABLE users ALTER COLUMN lang SET NOT NULL;`,
    oldClient: "INSERT INTO users VALUES (1001, 'late', NULL, 1, 1, 1, 'late')",
  },
  {
    title: "a required column with one value per row",
    unsafe: "ALTER TABLE users ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();",
    oldClient: "INSERT INTO users VALUES (1001, 'late', NULL, 1, 1, 1, 'late')",
    without: ["token"],
  },
  {
    title: "a CHECK and a foreign key, NOT VALID, then VALIDATE",
    unsafe: "ALTER TABLE users ADD CHECK (age > 0), ADD FOREIGN KEY (place) REFERENCES places;",
  },
  {
    title: "a unique constraint by an index built first",
    unsafe: "ALTER TABLE users ADD CONSTRAINT one_code UNIQUE (code);",
  },
  { title: "NOT NULL by a validated CHECK", unsafe: "ALTER TABLE users ALTER age SET NOT NULL;" },
  {
    title: "a rename over four files, with their sync trigger",
    unsafe: "ALTER TABLE users RENAME COLUMN name TO full_name;",
    oldClient:
      "INSERT INTO users VALUES (1001, 'late', NULL, 1, 1, 1, 'late'); UPDATE users SET name = 'changed' WHERE id = 7",
  },
  {
    title: "a rename of a column that may be NULL",
    unsafe: "ALTER TABLE users RENAME nick TO nickname;",
    oldClient: "UPDATE users SET nick = NULL WHERE id = 3; UPDATE users SET nick = 'new' WHERE id = 4",
  },
  {
    title: "a change of type over four files, with their sync trigger",
    unsafe: "ALTER TABLE users ALTER COLUMN cents TYPE numeric(12, 2) USING cents / 100.0;",
    names: { cents: "cents_numeric" },
    oldClient: "INSERT INTO users VALUES (1001, 'late', NULL, 1, 250, 1, 'late')",
  },
];

describe("lint --fix, on a server", () => {
  let direct: TestDatabase;
  let safe: TestDatabase;
  beforeEach(async () => {
    direct = await createDatabase({ ownerRole: OWNER_ROLE });
    safe = await createDatabase({ ownerRole: OWNER_ROLE });
  });
  afterEach(async () => {
    await Promise.all([direct.drop(), safe.drop()]);
  });

  for (const { title, unsafe, names = {}, oldClient = "SELECT 1", without = [] } of CASES) {
    it(`comes to the same rows and the same schema, step by step beside the old release: ${title}`, async () => {
      const history: Folder = { "0001_create_users.sql": HISTORY };
      const folder: Folder = { ...history, "0002_change_users.sql": `${unsafe}\n` };
      await run(direct, `${HISTORY} ${ROWS} ${oldClient}; ${unsafe}`);

      await deploy(safe, history);
      await run(safe, ROWS);
      const { changes, left } = await fixOf(folder);
      assert.deepEqual(left, []);
      const fixed: Folder = { ...history, ...Object.fromEntries(changes.map(({ name, after }) => [name, after])) };
      assert.deepEqual(await errorsIn(fixed), []);
      await deployOneByOne(safe, fixed, oldClient);

      const expected = await rowsOf(direct, without);
      assert.deepEqual(
        await rowsOf(
          safe,
          without.map((name) => names[name] ?? name),
        ),
        renamed(expected, names),
      );
      assert.deepEqual(await columnsOf(safe), (await columnsOf(direct)).map((one) => rename(one, names)).sort());
      assert.deepEqual(await constraintsOf(safe), await constraintsOf(direct));
    });
  }

  it("keeps what stays as it is, also what only looks like a tag inside a string or a function", async () => {
    const kept = [
      "INSERT INTO places SELECT length('a\n\n\n-- @why no tag\nb');",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n-- @param none\n\n\nSELECT 1 $$;",
    ];
    const { changes } = await fixOf({
      "0001_create_users.sql": HISTORY,
      "0002_change.sql": `-- @why a tag\n${kept.join("\n")}\nCREATE INDEX ON users (nick);\n`,
    });
    for (const statement of kept) assert.ok(changes[0]?.after.includes(statement), changes[0]?.after);
  });

  it("changes nothing where a later file of the folder counts on it", async () => {
    const { changes, left } = await fixOf({
      "0001_create_users.sql": HISTORY,
      "0002_rename.sql": "ALTER TABLE users RENAME name TO full_name;",
      "0003_use.sql": "COMMENT ON COLUMN users.full_name IS 'x';",
    });
    assert.deepEqual(changes, []);
    assert.match(left[0]?.reason ?? "", /0003_use\.sql comes after it and names users/);
  });

  const fixOf = async (folder: Folder): Promise<FileFix> => {
    const files = Object.entries(folder).map(([name, text]) => migrationFile(name, text));
    const [fix, ...others] = fixFolder({ files, parser: await loadSqlParser(), now: new Date() });
    assert.deepEqual(others, []);
    assert.ok(fix !== undefined);
    return fix;
  };
  const errorsIn = async (folder: Folder): Promise<string[]> => {
    const files = Object.entries(folder).map(([name, text]) => migrationFile(name, text));
    const { findings } = lintFolder({ files, parser: await loadSqlParser(), now: new Date() });
    return findings.filter(({ severity }) => severity === "error").map(({ file, message }) => `${file}: ${message}`);
  };
});

/** A deploy of each file by itself, the old release at work before the first; contracts come last, in later releases. */
async function deployOneByOne(database: TestDatabase, folder: Folder, oldClient: string): Promise<void> {
  const [first = "", ...names] = Object.keys(folder).sort();
  const seen: Record<string, string> = { [first]: folder[first] ?? "" };
  const world = { backup: recordedBackups() };
  for (const [at, name] of names.entries()) {
    const text = folder[name] ?? "";
    seen[name] = text;
    const isContract = text.startsWith("-- @phase contract");
    const approvals = isContract ? [approvalOf(name, text)] : [];
    await deploy(database, seen, { release: `1.${at + 1}.0`, approvals, world });
    if (at === 0) await run(database, oldClient);
  }
  await deploy(database, seen, { release: `2.0.0`, world });
}

function approvalOf(name: string, text: string): Approval {
  const { version, checksum } = migrationFile(name, text);
  return { version, checksum, by: "ada", expires: new Date(Date.now() + 3_600_000) };
}

async function run(database: TestDatabase, sql: string): Promise<void> {
  const client = await database.client();
  await client.query(sql).finally(() => client.end());
}

async function ask(database: TestDatabase, sql: string): Promise<Record<string, unknown>[]> {
  const client = await database.client();
  return (await client.query<Record<string, unknown>>(sql).finally(() => client.end())).rows;
}

async function rowsOf(database: TestDatabase, without: readonly string[]): Promise<unknown[]> {
  const rows = await ask(database, "SELECT to_jsonb(users) AS one FROM users ORDER BY id");
  return rows.map(({ one }) =>
    Object.fromEntries(Object.entries(one as object).filter(([name]) => !without.includes(name))),
  );
}

function renamed(rows: readonly unknown[], names: Case["names"]): unknown[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row as object).map(([name, value]) => [names?.[name] ?? name, value as unknown])),
  );
}

function rename(line: string, names: Case["names"]): string {
  const [name = "", ...rest] = line.split(" ");
  return [names?.[name] ?? name, ...rest].join(" ");
}

async function columnsOf(database: TestDatabase): Promise<string[]> {
  const rows = await ask(
    database,
    `SELECT attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull::text AS one FROM pg_attribute
     WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped`,
  );
  return rows.map(({ one }) => String(one)).sort();
}

/** Definitions of constraints (NOT NULL is a column's) and indexes, and whether each is valid. */
async function constraintsOf(database: TestDatabase): Promise<string[]> {
  const rows = await ask(
    database,
    `SELECT pg_get_constraintdef(oid) || ' ' || convalidated::text AS one FROM pg_constraint
     WHERE conrelid = 'users'::regclass AND contype <> 'n'
     UNION ALL SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid::text FROM pg_index WHERE indrelid = 'users'::regclass`,
  );
  return rows.map(({ one }) => String(one)).sort();
}
