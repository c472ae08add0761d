import assert from "node:assert/strict";
import { runCli, type CliRun } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { createRepository, type TestRepository } from "../support/repository.js";

const USERS = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";
const PROJECT = {
  "package.json": JSON.stringify({ name: "shop", version: "1.0.0" }),
  "migrations/0001_create_users.sql": USERS,
};

interface Deed {
  /** As the user's own documents put it. */
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  /** Rule and file of the finding, and what its way out says. */
  readonly rule: string;
  readonly file: string;
  readonly wayOut: RegExp;
}

const migration = (sql: string): Pick<Deed, "files" | "file"> => ({
  files: { "migrations/0002_change.sql": `${sql}\n` },
  file: "migrations/0002_change.sql",
});

/** What a migration does: told by lint, and so by ci, the preview and the deploy. */
const IN_A_MIGRATION: readonly Deed[] = [
  { title: "use DROP TABLE", ...migration("DROP TABLE users;"), rule: "drop-table", wayOut: /@phase contract/ },
  {
    title: "reset the database",
    ...migration("DROP SCHEMA public CASCADE; CREATE SCHEMA public;"),
    rule: "drop-schema",
    wayOut: /@phase contract/,
  },
  {
    title: "recreate the database",
    ...migration("DROP DATABASE shop;"),
    rule: "statement-not-supported",
    wayOut: /outside the migrations/,
  },
  {
    title: "re-import the database",
    ...migration("DROP TABLE IF EXISTS users; CREATE TABLE users (id bigint); INSERT INTO users VALUES (1);"),
    rule: "re-import",
    wayOut: /ALTER TABLE users[^]*ON CONFLICT DO NOTHING/,
  },
  {
    title: "import .sql files as mysqldump and pg_dump write them",
    ...migration("COPY public.users (id, name) FROM stdin;\n1\tann\n\\."),
    rule: "invalid-migration",
    wayOut: /INSERT/,
  },
  {
    title: "overwrite settings",
    ...migration("UPDATE settings SET value = 'light' WHERE key = 'theme';"),
    rule: "overwrite-settings",
    wayOut: /AND value =/,
  },
  { title: "delete data directly", ...migration("DELETE FROM users;"), rule: "delete-all", wayOut: /@phase contract/ },
  {
    title: "rename columns without migration logic",
    ...migration("ALTER TABLE users RENAME name TO full_name;"),
    rule: "rename-column",
    wayOut: /ADD COLUMN full_name[^]*contract/,
  },
  {
    title: "remove columns without migration logic",
    ...migration("ALTER TABLE users DROP COLUMN name;"),
    rule: "drop-column",
    wayOut: /@phase contract/,
  },
];

/** What lies in the repository: told by ci. */
const IN_THE_REPOSITORY: readonly Deed[] = [
  {
    title: "push .env files",
    files: { ".env": "THEME=dark\n" },
    rule: "env-file-tracked",
    file: ".env",
    wayOut: /git rm --cached/,
  },
  {
    title: "use SQLite in production",
    files: { "config/production.json": '{"DATABASE_URL": "sqlite:///var/shop.db"}\n' },
    rule: "sqlite-outside-tests",
    file: "config/production.json",
    wayOut: /DATABASE_URL/,
  },
  {
    title: "seed production destructively",
    files: {
      "package.json": JSON.stringify({
        name: "shop",
        version: "1.0.0",
        scripts: { "deploy:prod": "prisma migrate reset --force && node server.js" },
      }),
    },
    rule: "destructive-seeding",
    file: "package.json",
    wayOut: /ON CONFLICT DO NOTHING/,
  },
];

describe("what the user's documents say not to do", function () {
  this.timeout(120_000);
  let repository: TestRepository;
  let dataRoot: TestDataRoot;
  let database: TestDatabase;
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: repository.root, env: { HOLDFAST_HOME: dataRoot.path, DATABASE_URL: database.url } });
  interface Told {
    readonly findings: readonly { rule: string; severity: string; file: string; message: string; fix?: string }[];
  }
  const told = async (command: string, { rule, file, wayOut }: Deed): Promise<void> => {
    const { exitCode, stdout, stderr, json } = await holdfast(command, "--json");
    assert.equal(exitCode, 3, stdout + stderr);
    const found = (json() as Told).findings.find((one) => one.rule === rule && one.file === file);
    assert.ok(found !== undefined, stdout);
    assert.equal(found.severity, "error");
    assert.match(found.fix ?? "", wayOut, `${rule} names its way out`);
  };

  before(async () => {
    [dataRoot, database] = await Promise.all([createDataRoot(), createDatabase()]);
  });
  after(async () => {
    await database.drop();
    await dataRoot.remove();
  });
  beforeEach(() => {
    repository = createRepository(PROJECT);
  });
  afterEach(() => repository.remove());

  for (const deed of IN_A_MIGRATION) {
    it(`is refused, with its way out: ${deed.title}`, async () => {
      repository.write(deed.files);
      await told("lint", deed);
    });
  }
  for (const deed of IN_THE_REPOSITORY) {
    it(`is refused, with its way out: ${deed.title}`, async () => {
      repository.write(deed.files);
      repository.commit();
      await told("ci", deed);
    });
  }

  it("is refused, with its way out: modify old migration files", async () => {
    const first = await holdfast("migrate", "--release", "1.0.0", "--no-backup-because", "a test");
    assert.equal(first.exitCode, 0, first.stderr);
    repository.write({ "migrations/0001_create_users.sql": `${USERS}CREATE TABLE pets (id int);\n` });
    const { exitCode, stderr } = await holdfast("migrate", "--release", "1.0.1", "--no-backup-because", "a test");
    assert.equal(exitCode, 3);
    assert.match(stderr, /0001_create_users\.sql[^]*\[checksum_mismatch\][^]*next/);
  });
});
