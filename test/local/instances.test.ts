import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import {
  appendFile,
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  findLocalInstance,
  listLocalInstances,
  type LocalInstance,
} from "../../engine/adapters/local/instance-file.js";
import {
  ensureLocalInstance,
  isLocalInstanceRunning,
  startLocalInstance,
  stopLocalInstance,
} from "../../engine/adapters/local/instances.js";
import { isAlive, readPostmaster } from "../../engine/adapters/local/postmaster.js";
import { serverUser } from "../../engine/adapters/local/server-user.js";
import { HoldfastError } from "../../engine/core/errors.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { TEST_BINARIES_ROOT } from "../support/postgres.js";
import { until } from "../support/until.js";
import { skipBecause } from "../support/skip-because.js";

const PROJECT = "shop";

describe("the local database", () => {
  let dataRoot: TestDataRoot;
  const ensure = (name: string, port?: number) =>
    ensureLocalInstance({ project: PROJECT, name, root: dataRoot.path, ...(port === undefined ? {} : { port }) });

  before(async () => {
    dataRoot = await createDataRoot();
  });
  after(() => dataRoot.remove());

  it("is made once and found again, with port, identity and data, after it was stopped", async () => {
    const made = await ensure("dev");
    await query(made, "CREATE TABLE probe AS SELECT 42 AS answer");
    await stopLocalInstance(made);
    assert.equal(await isLocalInstanceRunning(made), false);
    const again = await ensure("dev");
    assert.deepEqual(again, made);
    assert.deepEqual(await query(again, "SELECT answer FROM probe"), [{ answer: 42 }]);
  });

  it("stands beside another stack's without touching it", async () => {
    const [dev, testing] = [await ensure("dev"), await ensure("testing")];
    assert.notEqual(dev.port, testing.port);
    assert.notEqual(dev.resourceId, testing.resourceId);
    assert.notEqual(await systemIdentifier(dev), await systemIdentifier(testing));
    const names = (await listLocalInstances({ root: dataRoot.path })).map(({ name }) => name);
    assert.deepEqual(names, ["dev", "testing"]);
  });

  it("listens on this machine only, and lets nobody in without the password or the certificate", async () => {
    const dev = await ensure("dev");
    const [settings] = await query(
      dev,
      "SELECT current_setting('listen_addresses') AS at, current_setting('unix_socket_directories') AS socket",
    );
    assert.deepEqual(settings, { at: "127.0.0.1", socket: "" });
    const rules = await query(
      dev,
      "SELECT type, user_name AS users, address, auth_method AS method FROM pg_hba_file_rules ORDER BY rule_number",
    );
    assert.deepEqual(rules, [
      { type: "hostssl", users: ["postgres"], address: "127.0.0.1", method: "cert" },
      { type: "host", users: ["all"], address: "127.0.0.1", method: "scram-sha-256" },
    ]);
    assert.equal((await stat(dev.passwordFile)).mode & 0o777, 0o600);
    assert.equal((await stat(dev.directory)).mode & 0o077, 0);
  });

  it("belongs, with all that is in it, to a role that cannot log in", async () => {
    const dev = await ensure("dev");
    const [owner] = await query(
      dev,
      `SELECT datdba::regrole::text AS database, nspowner::regrole::text AS schema, rolcanlogin AS login
       FROM pg_database, pg_namespace, pg_roles
       WHERE datname = current_database() AND nspname = 'public' AND rolname = 'app_owner'`,
    );
    assert.deepEqual(owner, { database: "app_owner", schema: "app_owner", login: false });
  });

  it("notices damaged pages, and sorts the same on every machine", async () => {
    const [settings] = await query(
      await ensure("dev"),
      `SELECT current_setting('data_checksums') AS checksums, datlocprovider AS provider, datlocale AS locale,
              pg_encoding_to_char(encoding) AS encoding
       FROM pg_database WHERE datname = current_database()`,
    );
    assert.deepEqual(settings, { checksums: "on", provider: "b", locale: "C.UTF-8", encoding: "UTF8" });
  });

  it("passes nothing of the deploy's environment on to the server, which outlives it", async function () {
    if (process.platform !== "linux") return skipBecause(this, "only Linux shows a process's environment");
    process.env["HOLDFAST_PLANTED"] = "planted-secret";
    const planted = await ensure("environment");
    delete process.env["HOLDFAST_PLANTED"];
    const { pid } = (await readPostmaster(planted.dataDirectory))!;
    const environment = await readFile(`/proc/${pid}/environ`, "utf8");
    assert.match(environment, /LC_ALL=C/);
    assert.doesNotMatch(environment, /planted-secret/);
    return undefined;
  });

  it("archives every finished WAL segment, from the first, whatever the path looks like", async () => {
    const dev = await ensure("dev");
    await query(dev, "CREATE TABLE IF NOT EXISTS filler AS SELECT generate_series(1, 1000) AS n");
    const [{ segment }] = (await query(dev, "SELECT pg_walfile_name(pg_switch_wal()) AS segment")) as [
      { segment: string },
    ];
    await until(`${segment} is archived`, () => existsSync(join(dev.walDirectory, segment)));
    const [archiver] = await query(dev, "SELECT failed_count::int AS failed FROM pg_stat_archiver");
    assert.deepEqual(archiver, { failed: 0 });
    const archived = (await readdir(dev.walDirectory)).sort();
    assert.match(archived[0]!, /0000000[12]$/);
  });

  it("takes an identical segment twice, as after a crash between copy and note, and never overwrites another", async () => {
    const dev = await ensure("dev");
    const [{ segment }] = (await query(dev, "SELECT pg_walfile_name(pg_current_wal_lsn()) AS segment")) as [
      { segment: string },
    ];
    await stopLocalInstance(dev);
    await writeFile(join(dev.walDirectory, segment), "another server's");
    await startLocalInstance(dev);
    await query(dev, "SELECT pg_switch_wal()");
    await until("the archiver refused", async () => {
      const [row] = await query(dev, "SELECT last_failed_wal FROM pg_stat_archiver");
      return row!["last_failed_wal"] === segment;
    });
    const identical = join(dev.walDirectory, "identical");
    await cp(join(dev.dataDirectory, "pg_wal", segment), identical);
    if (serverUser() !== undefined) await chown(identical, serverUser()!.uid, serverUser()!.gid);
    await rename(identical, join(dev.walDirectory, segment));
    await until("the identical one is taken", async () => {
      const [row] = await query(dev, "SELECT last_archived_wal FROM pg_stat_archiver");
      return row!["last_archived_wal"] === segment;
    });
  });

  it("is one database when many deploys make it at the same moment", async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => ensure("crowd")));
    assert.equal(new Set(all.map(({ resourceId }) => resourceId)).size, 1);
    assert.equal(await isLocalInstanceRunning(all[0]!), true);
    await stopLocalInstance(all[0]!);
    await Promise.all(all.map(startLocalInstance));
    assert.deepEqual(await query(all[0]!, "SELECT 1 AS up"), [{ up: 1 }]);
    assert.deepEqual(await hidden(join(dataRoot.path, PROJECT)), []);
  });

  it("loses no committed row when the server is killed", async () => {
    const dev = await ensure("dev");
    await query(dev, "CREATE TABLE kept AS SELECT generate_series(1, 5000) AS n");
    const { pid } = (await readPostmaster(dev.dataDirectory))!;
    process.kill(pid, "SIGKILL");
    await until("the server is dead", () => !isAlive(pid));
    await startLocalInstance(dev);
    assert.deepEqual(await query(dev, "SELECT count(*)::int AS n FROM kept"), [{ n: 5000 }]);
  });

  it("starts after a reboot gave the server's old process id to another program", async () => {
    const dev = await ensure("dev");
    const pidFile = join(dev.dataDirectory, "postmaster.pid");
    const left = await readFile(pidFile, "utf8");
    await stopLocalInstance(dev);
    const user = serverUser();
    const stranger = spawn("sleep", ["600"], user === undefined ? {} : { uid: user.uid, gid: user.gid });
    try {
      await writeFile(pidFile, left.replace(/^\d+/, String(stranger.pid)));
      assert.equal(await isLocalInstanceRunning(dev), false);
      await startLocalInstance(dev);
      assert.equal(await isLocalInstanceRunning(dev), true);
    } finally {
      stranger.kill();
    }
  });

  it("names the port another program has taken, and moves to one that is asked for", async () => {
    const dev = await ensure("dev");
    await stopLocalInstance(dev);
    const stranger = createServer().listen(dev.port, "127.0.0.1");
    await until("the port is taken", () => stranger.listening);
    try {
      await assert.rejects(startLocalInstance(dev), (error: HoldfastError) => {
        assert.equal(error.code, "server_not_started");
        assert.match(error.message, new RegExp(`Port ${dev.port} .* taken`));
        return true;
      });
      const moved = await ensure("dev", dev.port + 4001);
      assert.equal(moved.port, dev.port + 4001);
      assert.equal(moved.resourceId, dev.resourceId);
      assert.equal((await ensure("dev")).port, moved.port);
      assert.deepEqual(await query(moved, "SELECT count(*)::int AS n FROM kept"), [{ n: 5000 }]);
    } finally {
      stranger.close();
    }
  });

  it("is not there half when the deploy that makes it is killed, and the next one makes it whole", async () => {
    const script = `
      const { ensureLocalInstance } = require("./engine/adapters/local/instances.ts");
      const { readdirSync } = require("node:fs");
      setInterval(() => {
        const parent = ${JSON.stringify(join(dataRoot.path, PROJECT))};
        const building = readdirSync(parent).find((entry) => entry.startsWith(".killed.new-"));
        if (building && readdirSync(parent + "/" + building).includes("data")) process.kill(process.pid, "SIGKILL");
      }, 1);
      ensureLocalInstance({ project: "${PROJECT}", name: "killed", root: ${JSON.stringify(dataRoot.path)} });`;
    const run = promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", script]);
    await assert.rejects(run, { signal: "SIGKILL" });
    const parent = join(dataRoot.path, PROJECT);
    assert.equal((await hidden(parent)).length, 1);
    assert.equal(await findLocalInstance({ project: PROJECT, name: "killed", root: dataRoot.path }), undefined);
    const made = await ensure("killed");
    assert.deepEqual(await query(made, "SELECT 1 AS up"), [{ up: 1 }]);
    assert.deepEqual(await hidden(parent), []);
  });

  it("clears away what a killed deploy left, also when its process id came again, and never what another is building", async () => {
    const parent = join(dataRoot.path, PROJECT);
    const [left, busy] = [`.tidy.new-${process.ppid}-left`, `.tidy.new-${process.ppid}-busy`];
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const name of [left, busy]) await mkdir(join(parent, name));
    await utimes(join(parent, left), yesterday, yesterday);
    await ensure("tidy");
    assert.deepEqual(await hidden(parent), [busy]);
    await rm(join(parent, busy), { recursive: true });
  });

  it("keeps the data when the binaries are gone, and brings them back", async () => {
    const root = await createDataRoot({ withBinaries: false });
    try {
      const made = await ensureLocalInstance({ project: PROJECT, name: "dev", root: root.path });
      await stopLocalInstance(made);
      // A copy that was cut short has no stamp.
      await rm(join(root.path, "binaries", "18", "VERSION"));
      await rm(join(root.path, "binaries", "18", "bin", "postgres"));
      await startLocalInstance(made);
      assert.deepEqual(await query(made, "SELECT 1 AS up"), [{ up: 1 }]);
    } finally {
      await root.remove();
    }
  });

  it("works the same for a normal user", async function () {
    if (process.getuid?.() !== 0) return skipBecause(this, "all others here ran as a normal user");
    const home = await mkdtemp(join(tmpdir(), "holdfast-home-"));
    const nobody = { uid: 65534, gid: 65534 };
    await chown(home, nobody.uid, nobody.gid);
    const script = `
      const { ensureLocalInstance, stopLocalInstance } = require("./engine/adapters/local/instances.ts");
      ensureLocalInstance({ project: "shop", name: "dev" }).then(async (instance) => {
        console.log(JSON.stringify(instance));
        await stopLocalInstance(instance);
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", script], {
      ...nobody,
      env: { PATH: process.env["PATH"], HOME: home, TMPDIR: home },
    });
    const made = JSON.parse(stdout) as LocalInstance;
    assert.equal(made.root, join(home, ".local", "share", "holdfast"));
    assert.equal((await stat(made.passwordFile)).uid, nobody.uid);
    await rm(home, { recursive: true, force: true });
    return undefined;
  });

  describe("says what is wrong with the disk", () => {
    it("where a file stands in the way", async () => {
      const file = join(dataRoot.path, "a-file");
      await appendFile(file, "");
      await refused({ root: join(file, "below") }, /a-file.*a file stands in the way/);
    });

    it("where the server's user may not enter or write", async () => {
      const closed = join(dataRoot.path, "closed");
      await mkdir(closed, { mode: 0o700 });
      if (serverUser() === undefined) await chmod(closed, 0o500);
      await refused({ root: join(closed, "root") }, /no permission/);
    });

    it("where the disk is full", async function () {
      const place = join(dataRoot.path, "small");
      await mkdir(place);
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", place], { stdio: "ignore" });
      } catch {
        return skipBecause(this, "this user may not mount a small disk");
      }
      try {
        await symlink(TEST_BINARIES_ROOT, join(place, "binaries"));
        await refused({ root: place }, /the disk is full/);
        assert.deepEqual(await readdir(join(place, PROJECT)), []);
      } finally {
        execFileSync("umount", [place]);
      }
      return undefined;
    });

    it("where the name would be a path of its own", async () => {
      for (const name of ["../other", "backups", "pulumi", ".hidden", ""]) {
        await assert.rejects(ensure(name), { code: "invalid_usage" });
      }
    });

    it("where PostgreSQL's own tools could not quote the path", async () => {
      for (const root of ["relative/root", join(dataRoot.path, "$HOME"), join(dataRoot.path, "`id`")]) {
        await assert.rejects(ensureLocalInstance({ project: PROJECT, name: "dev", root }), { code: "invalid_usage" });
      }
    });

    async function refused(at: { root: string }, message: RegExp): Promise<void> {
      await assert.rejects(ensureLocalInstance({ project: PROJECT, name: "dev", ...at }), (error: HoldfastError) => {
        assert.ok(error instanceof HoldfastError, String(error));
        assert.equal(error.code, "server_not_started");
        assert.match(error.message, message);
        assert.match(error.details.next ?? "", /HOLDFAST_HOME/);
        return true;
      });
    }
  });
});

async function query(instance: LocalInstance, sql: string): Promise<Record<string, unknown>[]> {
  const client = await connectLocal(instance);
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function systemIdentifier(instance: LocalInstance): Promise<unknown> {
  return (await query(instance, "SELECT system_identifier::text FROM pg_control_system()"))[0]!["system_identifier"];
}

async function hidden(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith("."));
}
