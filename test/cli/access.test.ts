import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { Client } from "pg";
import { ensureLocalInstance, type LocalInstance } from "../../engine/index.js";
import { rolePasswordFile } from "../../engine/adapters/local/role-passwords.js";
import { createProject, migrations, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";

const ROLES = { roles: [{ name: "auditor", tables: ["SELECT"] }] };

describe("holdfast access", function () {
  this.timeout(120_000);
  let root: TestDataRoot;
  let project: TestProject;
  let instance: LocalInstance;
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: project.root, env: { HOLDFAST_HOME: root.path } });
  const statements = async (...args: string[]): Promise<string[]> =>
    ((await holdfast("access", ...args, "--json")).json() as { statements: string[] }).statements;

  before(async () => {
    root = await createDataRoot();
    project = createProject({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "package.json": JSON.stringify({ version: "1.0.0" }),
      "roles.json": JSON.stringify(ROLES),
      "faulty.json": JSON.stringify({ roles: [{ name: "a b", tables: ["READ"] }] }),
      "strange.json": JSON.stringify({ role: [] }),
      ...migrations("CREATE TABLE users (id int PRIMARY KEY, name text);\n"),
    });
    instance = await ensureLocalInstance({ root: root.path, project: "shop", name: "dev" });
    await holdfast("migrate", "dev");
  });
  after(async () => {
    await root.remove();
    project.remove();
  });

  it("apply --dry-run lists what would run, and changes nothing", async () => {
    const { stdout, exitCode } = await holdfast("access", "apply", "dev", "--dry-run");
    assert.equal(exitCode, 0);
    assert.match(stdout, /\d+ statements would run on dev:\n {2}CREATE ROLE "app_migrator" LOGIN NOINHERIT/);
    assert.match(stdout, /GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"\.users TO "app_service"/);
    assert.match((await holdfast("access", "show", "dev")).stdout, /app_service \(missing\)[^]*\d+ statements missing/);
  });

  it("apply runs them once, and gives each role the password in its file", async () => {
    const { stdout } = await holdfast("access", "apply", "dev", "--roles", "roles.json");
    assert.match(stdout, /Given the password of its file: app_migrator, app_service, app_read_only, auditor/);
    assert.deepEqual(await statements("apply", "dev", "--roles", "roles.json"), []);
    const again = await holdfast("access", "apply", "dev");
    assert.equal(again.stdout, "Roles and grants of dev are as they should be.\n");
    for (const user of ["app_service", "auditor"]) assert.equal(await countAs(user), "0");
  });

  it("apply makes a lost password file again", async () => {
    await rm(rolePasswordFile(instance, "app_service"));
    await holdfast("access", "apply", "dev");
    assert.equal(await countAs("app_service"), "0");
  });

  it("show says role by role what it may do", async () => {
    const { stdout } = await holdfast("access", "show", "dev");
    assert.match(stdout, /app_migrator +yes +app_owner, pg_monitor +CONNECT/);
    assert.match(
      stdout,
      /app_service +yes +– +CONNECT, TEMPORARY +public: USAGE .*DELETE, INSERT, SELECT, UPDATE on 1 of 4/,
    );
    assert.match(stdout, /app_read_only +yes +– +CONNECT +public: USAGE +SELECT on 4/);
    assert.match(stdout, /Nothing is missing\./);
  });

  it("refuses roles it cannot understand, all faults at once, and prints no password", async () => {
    const faulty = await holdfast("access", "apply", "dev", "--roles", "faulty.json");
    assert.equal(faulty.exitCode, 2);
    assert.match(faulty.stderr, /roles\[0\]\.name is "a b"[^]*roles\[0\]\.tables is "READ"/);
    const strange = await holdfast("access", "show", "dev", "--roles", "strange.json");
    assert.match(strange.stderr, /"role" is not known[^]*prefix, ownerRole, schemas/);
    assert.equal((await holdfast("access", "revoke", "dev")).exitCode, 2);
  });

  async function countAs(user: string): Promise<string> {
    const password = await readFile(rolePasswordFile(instance, user), "utf8");
    const { host, port, database } = instance;
    const client = new Client({ host, port, database, user, password });
    await client.connect();
    try {
      return (await client.query<{ count: string }>("SELECT count(*) FROM users")).rows[0]!.count;
    } finally {
      await client.end();
    }
  }
});
