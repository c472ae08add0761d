import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { DumpManifest } from "../../engine/core/backup-manifest.js";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { clientPrograms, startPostgres16 } from "../support/other-postgres.js";
import type { TestDatabase, TestServer } from "../support/postgres.js";

const FIRST = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";
const SECOND = "CREATE TABLE loans (id bigint PRIMARY KEY);\n";

describe("a logical dump", function () {
  this.timeout(180_000);
  let server: TestServer;
  let programs: string;
  let database: TestDatabase;
  let root: TestDataRoot;
  let project: TestProject;

  before(async () => {
    programs = await clientPrograms(16);
    server = await startPostgres16();
  });
  after(() => server.stop());
  beforeEach(async () => {
    database = await server.createDatabase();
    root = await createDataRoot();
    const { host, port, name, user } = database;
    const url = `postgres://${user}@${host}:${port}/${name}`;
    project = createProject({
      "holdfast.json": JSON.stringify({ instances: { staging: { url, soak: "0" } } }),
      "package.json": JSON.stringify({ version: "1.0.0" }),
      ...migrations(FIRST),
    });
  });
  afterEach(async () => {
    await database.drop();
    await root.remove();
    project.remove();
  });

  const holdfast = (args: readonly string[], path = `${programs}:${process.env["PATH"] ?? ""}`): Promise<CliRun> =>
    runCli(args, {
      cwd: project.root,
      env: { HOLDFAST_HOME: root.path, PGPASSWORD: database.password, PATH: path },
    });
  const done = async (args: readonly string[]): Promise<CliRun> => {
    const run = await holdfast(args);
    assert.equal(run.exitCode, 0, run.stdout + run.stderr);
    return run;
  };
  const query = async (sql: string): Promise<void> => {
    const client = await database.client();
    await client.query(sql);
    await client.end();
  };
  const catalogue = (): string => {
    const [folder = ""] = readdirSync(root.path).filter((name) => name !== "binaries");
    return join(root.path, folder, "backups", "staging", "database");
  };
  const manifests = (): DumpManifest[] =>
    readdirSync(catalogue())
      .sort()
      .map((id) => JSON.parse(readFileSync(join(catalogue(), id, "manifest.json"), "utf8")) as DumpManifest);

  it("is taken before a migration of any other PostgreSQL, and nobody is asked for an excuse", async () => {
    await done(["migrate", "staging"]);
    await query("INSERT INTO orders SELECT n, 'note' FROM generate_series(1, 500) n");
    project.write(migrations(FIRST, SECOND));
    const { stderr } = await done(["migrate", "staging"]);
    assert.match(stderr, /Backed up as \d{8}T\d{6}Z-v0001/);
    const manifest = manifests().at(-1);
    assert.equal(manifest?.kind, "dump");
    assert.deepEqual(manifest.pendingVersions, ["0002"]);
    assert.deepEqual([manifest.server.version, manifest.dump.programVersion], ["16.14", "16.14"]);
    assert.ok(manifest.tables.some(({ table, rows }) => table === "public.orders" && rows === 500));
    assert.ok(!manifest.tables.some(({ table }) => table === "public.loans"));
    for (const { name, bytes, sha256 } of manifest.dump.files) {
      const file: Buffer = readFileSync(join(catalogue(), manifest.id, "dump", name));
      assert.deepEqual([file.length, createHash("sha256").update(file).digest("hex")], [bytes, sha256]);
    }
  });

  it("counts the rows of its own snapshot, however many come meanwhile", async () => {
    await done(["migrate", "staging"]);
    await query("INSERT INTO orders SELECT n, repeat('x', 200) FROM generate_series(1, 30000) n");
    await query("INSERT INTO orders VALUES (0, 'before')");
    const writer = await database.client();
    let isDone = false;
    const writing = (async () => {
      for (let id = 1_000_000; !isDone; id++) await writer.query("INSERT INTO orders VALUES ($1, 'meanwhile')", [id]);
    })();
    await done(["backup", "staging"]);
    isDone = true;
    await writing;
    await writer.end();
    const manifest = manifests().at(-1);
    assert.ok(manifest !== undefined);
    const lines = gunzipSync(readFileSync(join(catalogue(), manifest.id, "dump", ordersFile(manifest)))).toString();
    const rows = lines.split("\n").filter((line) => /^\d+\t/.test(line)).length;
    assert.ok(rows > 30_000, "the writer was at work before");
    assert.equal(manifest.tables.find(({ table }) => table === "public.orders")?.rows, rows);
  });

  it("is refused where no pg_dump fits, with both ways out, and nothing is changed", async () => {
    const { exitCode, stderr } = await holdfast(["migrate", "staging"], fake(15));
    assert.equal(exitCode, 3, stderr);
    assert.match(stderr, /server is PostgreSQL 16, and .*bin-15\/pg_dump is of version 15/);
    assert.match(stderr, /postgresql-client-16[^]*--no-backup-because/);
    const client = await database.client();
    const { rows } = await client.query<{ made: string | null }>("SELECT to_regclass('orders') AS made");
    await client.end();
    assert.equal(rows[0]?.made, null);
    const excused = await holdfast(["migrate", "staging", "--no-backup-because", "a snapshot at two"], fake(15));
    assert.equal(excused.exitCode, 0, excused.stderr);
  });

  /** The largest file: the only table with rows to speak of. */
  function ordersFile({ dump }: DumpManifest): string {
    const [largest] = dump.files.toSorted((a, b) => b.bytes - a.bytes);
    return largest?.name ?? "";
  }

  /** Its pg_dump says it is of that version, and nothing else. */
  function fake(version: number): string {
    const folder = join(project.root, `bin-${version}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "pg_dump"), `#!/bin/sh\necho "pg_dump (PostgreSQL) ${version}.1"\n`);
    chmodSync(join(folder, "pg_dump"), 0o755);
    return folder;
  }

  it("keeps the password out of arguments and environment, and removes its file", async () => {
    await done(["migrate", "staging"]);
    const folder = join(project.root, "spy");
    mkdirSync(folder);
    const seen = join(project.root, "seen");
    const spy =
      `#!/bin/sh\nif [ "$1" = --version ]; then exec ${programs}/pg_dump --version; fi\n` +
      `{ echo "$*"; env; stat -c %a "$PGPASSFILE" "$(dirname "$PGPASSFILE")"; echo "file $PGPASSFILE"; } >'${seen}'\n` +
      `exec ${programs}/pg_dump "$@"\n`;
    writeFileSync(join(folder, "pg_dump"), spy, { mode: 0o755 });
    const { host, port, user, password, name } = database;
    const run = await runCli(["backup", "--json"], {
      cwd: project.root,
      env: {
        HOLDFAST_HOME: root.path,
        PATH: `${folder}:/usr/bin:/bin`,
        DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${name}`,
      },
    });
    assert.equal(run.exitCode, 0, run.stderr);
    const said = readFileSync(seen, "utf8").replaceAll(/^DATABASE_URL=.*$/gm, "");
    assert.doesNotMatch(said, new RegExp(password));
    assert.match(said, /^600\n700\n/m);
    const [, file = ""]: readonly string[] = /^file (.+)$/m.exec(said) ?? [];
    assert.throws(() => statSync(file), /ENOENT/);
  });

  it("leaves nothing when it is stopped by Ctrl-C, and says so", async () => {
    await done(["migrate", "staging"]);
    const folder = join(project.root, "slow");
    mkdirSync(folder);
    const slow =
      `#!/bin/sh\nif [ "$1" = --version ]; then exec ${programs}/pg_dump --version; fi\n` +
      `echo started >&2; exec sleep 60\n`;
    writeFileSync(join(folder, "pg_dump"), slow, { mode: 0o755 });
    const run = await runCli(["backup", "staging"], {
      cwd: project.root,
      env: { HOLDFAST_HOME: root.path, PGPASSWORD: database.password, PATH: `${folder}:/usr/bin:/bin` },
      onOutput: (pid, printed) => {
        if (/Backing up/.test(printed) && !/Stopping/.test(printed)) process.kill(pid, "SIGINT");
      },
    });
    assert.equal(run.exitCode, 4, run.stderr);
    assert.match(run.stderr, /was interrupted; nothing of it was kept/);
    assert.equal(readdirSync(catalogue()).length, 1, "only the backup of the migration before");
  });

  it("that pg_dump cannot finish stops the migration, and nothing is changed or left", async () => {
    await done(["migrate", "staging"]);
    await query("CREATE ROLE walled_reader LOGIN PASSWORD 'walled'");
    await query("CREATE TABLE secret_ledger (id int); REVOKE ALL ON secret_ledger FROM PUBLIC");
    await query(
      `GRANT ALL ON DATABASE ${database.name} TO walled_reader; GRANT ALL ON SCHEMA public, holdfast TO walled_reader`,
    );
    await query("GRANT ALL ON ALL TABLES IN SCHEMA public, holdfast TO walled_reader");
    await query("REVOKE ALL ON secret_ledger FROM walled_reader");
    try {
      project.write(migrations(FIRST, SECOND));
      const { host, port, name } = database;
      const run = await runCli(["migrate", "--release", "1.0.0"], {
        cwd: project.root,
        env: {
          HOLDFAST_HOME: root.path,
          PATH: `${programs}:/usr/bin:/bin`,
          DATABASE_URL: `postgres://walled_reader:walled@${host}:${port}/${name}`,
        },
      });
      assert.equal(run.exitCode, 3, run.stderr);
      assert.match(run.stderr, /permission denied for table secret_ledger[^]*pg_read_all_data/);
      const client = await database.client();
      const { rows } = await client.query<{ made: string | null }>("SELECT to_regclass('loans') AS made");
      await client.end();
      assert.equal(rows[0]?.made, null);
    } finally {
      await query("DROP OWNED BY walled_reader; DROP ROLE walled_reader");
    }
  });
});
