import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { incidentFolder, incidentsIn, KEPT_INCIDENTS, listIncidents } from "../../engine/adapters/incident-folder.js";
import { HoldfastError } from "../../engine/core/errors.js";
import type { Incident } from "../../engine/core/incident/incident.js";
import type { World } from "../../engine/core/run.js";
import { atKillPoint, deploy, OWNER_ROLE, recordProgress, refusalOf, type Folder } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const BASE: Folder = {
  "0001_create_people.sql": "CREATE TABLE people (id int PRIMARY KEY, name text);\n",
  "0002_fill_people.sql": "INSERT INTO people VALUES (1, 'Jane Roe');\n",
};
const FAILING: Folder = {
  ...BASE,
  "0003_add_age.sql": "ALTER TABLE people ADD COLUMN age int;\nDO $$ BEGIN RAISE NOTICE 'secretive notice'; END $$;\n",
  "0004_fill_again.sql": "SELECT 'secretive literal';\nINSERT INTO people (id, name) VALUES (1, 'John Doe');\n",
  "0005_never_reached.sql": "CREATE TABLE later (id int);\n",
};

describe("an incident", () => {
  let root: string;
  let database: TestDatabase;
  let name: { root: string; project: string; instance: string };
  const world = (): Partial<World> => ({ incidents: incidentsIn(name) });
  const folder = (): string => incidentFolder(name);
  const told = async (): Promise<readonly Incident[]> =>
    (await listIncidents(folder())).incidents.map(({ incident }) => incident);
  const leftover = (): string[] =>
    (existsSync(folder()) ? readdirSync(folder()) : []).filter((one) => one.startsWith("."));

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "holdfast incidents "));
    name = { root, project: "shop", instance: "dev" };
    database = await createDatabase({ ownerRole: OWNER_ROLE });
  });
  afterEach(async () => {
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });

  it("is left by a run that fails, for its owner's eyes only, and the error names it", async () => {
    await deploy(database, BASE, { world: world() });
    assert.deepEqual(await told(), [], "a run that ends well leaves none");
    const error = await refusalOf(deploy(database, FAILING, { world: world() }));
    const [incident] = await told();
    const path = error.details.incident ?? "";
    assert.match(path, /\/shop\/incidents\/dev\/\d{8}T\d{6}Z-statement_failed\.md$/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(folder()).mode & 0o777, 0o700);
    assert.deepEqual(leftover(), []);
    assert.deepEqual(
      [incident?.file, incident?.applied, incident?.planned, incident?.schemaVersion],
      [
        "0004_fill_again.sql",
        ["0003_add_age.sql"],
        ["0003_add_age.sql", "0004_fill_again.sql", "0005_never_reached.sql"],
        "0002",
      ],
    );
    assert.deepEqual(incident?.backup, error.details.backup);
    assert.match(error.details.backup?.restore ?? "", /^holdfast restore test --backup backup-\d+ --as <new name>$/);
    assert.deepEqual(
      incident?.statements.map(({ line, hasFailed }) => [line, hasFailed]),
      [
        [1, false],
        [2, true],
      ],
    );
    assert.ok((incident?.written["public.people"] ?? 0) >= 0);
    const what = incident?.timeline.map((moment) => moment.what).join("\n") ?? "";
    assert.match(
      what,
      /^run \d+ begun, release 1\.0\.0\n[^]*0003_add_age\.sql applied[^]*failed: migrations\/0004_fill_again\.sql/,
    );
  });

  it("holds no row value, no literal and nothing that the server said of one", async () => {
    await deploy(database, BASE, { world: world() });
    const { events, progress } = recordProgress();
    const error = await refusalOf(deploy(database, FAILING, { world: world(), progress }));
    assert.match(error.details.detail ?? "", /Key \(id\)/, "the error itself knows it, for the screen");
    const page = readFileSync(error.details.incident ?? "", "utf8");
    assert.doesNotMatch(page, /Jane Roe|John Doe|Key \(id\)|secretive/);
    assert.ok(events.length > 0, "who watches still hears all");
  });

  it("is not left where nothing had begun: an unreadable folder, an unsafe file, a database that is not there", async () => {
    await deploy(database, BASE, { world: world() });
    for (const text of ["SELEC 1;\n", "DROP TABLE people;\n"])
      await refusalOf(deploy(database, { ...BASE, "0003_x.sql": text }, { world: world() }));
    await refusalOf(deploy(database, BASE, { world: world(), connection: { port: 1 } }));
    await refusalOf(deploy(database, { "0001_create_people.sql": "SELECT 1;\n" }, { world: world() }));
    assert.deepEqual(await told(), []);
    assert.deepEqual(leftover(), []);
  });

  it("is left by a backup that fails: the run had begun, and changed nothing", async () => {
    const broken = {
      take: () => Promise.reject(new Error("unplugged")),
      drill: () => Promise.reject(new Error("no")),
      lastProvenAt: () => Promise.resolve(null),
    };
    await assert.rejects(deploy(database, BASE, { world: { ...world(), backup: broken } }), /unplugged/);
    const refused = { ...broken, take: () => Promise.reject(new HoldfastError("backup_failed", "The disk is full.")) };
    const error = await refusalOf(deploy(database, BASE, { world: { ...world(), backup: refused } }));
    assert.equal(error.code, "backup_failed");
    const incident = (await told()).find(({ error: { code } }) => code === "backup_failed");
    assert.deepEqual([incident?.applied, incident?.backup, incident?.file], [[], null, null]);
  });

  it("that cannot be written never hides the error: it is told in a note", async () => {
    await deploy(database, BASE, { world: world() });
    rmSync(join(root, "shop"), { recursive: true });
    mkdirSync(join(root, "shop"));
    writeFileSync(join(root, "shop", "incidents"), "a file stands in the way");
    const { events, progress } = recordProgress();
    const error = await refusalOf(deploy(database, FAILING, { world: world(), progress }));
    assert.equal(error.code, "statement_failed");
    assert.equal(error.details.incident, undefined);
    assert.ok(
      events.some((event) => event.kind === "note" && /incident of this run could not be written/.test(event.message)),
    );
  });

  it("whose journal was kept and whose page cannot be written hides nothing, either", async () => {
    await deploy(database, BASE, { world: world() });
    const full = { ...incidentsIn(name), publish: () => Promise.reject(new Error("no space left on device")) };
    const { events, progress } = recordProgress();
    const error = await refusalOf(deploy(database, FAILING, { world: { incidents: full }, progress }));
    assert.deepEqual(
      [error.code, error.details.incident, error.details.applied],
      ["statement_failed", undefined, ["0003_add_age.sql"]],
    );
    assert.match(JSON.stringify(events), /The incident of this run could not be written: no space left on device/);
  });

  it("of a run that was stopped before any file is none; of one that was stopped between files it is", async () => {
    await deploy(database, BASE, { world: world() });
    const stopAt = (point: "backup-taken" | "file-committed"): Promise<unknown> => {
      const controller = new AbortController();
      const stopping = atKillPoint(point, () => controller.abort());
      return refusalOf(deploy(database, FAILING, { world: { ...world(), ...stopping }, signal: controller.signal }));
    };
    await stopAt("backup-taken");
    assert.deepEqual(await told(), []);
    await stopAt("file-committed");
    assert.deepEqual(
      (await told()).map(({ error, applied }) => [error.code, applied]),
      [["interrupted", ["0003_add_age.sql"]]],
    );
  });

  it("of a run that was killed is told by the next one, from its journal", async () => {
    await deploy(database, BASE, { world: world() });
    // As a process that dies leaves it: the journal is there, the run is not finished, nobody writes any more.
    const dead = await deadProcess();
    const good = { ...BASE, "0003_add_age.sql": FAILING["0003_add_age.sql"] ?? "" };
    await killedAfterFirstFile(good, dead);
    await deploy(database, good, { world: world() });
    const [incident, ...more] = await told();
    assert.deepEqual(more, []);
    assert.equal(incident?.error.code, "interrupted");
    assert.match(incident.error.message, /was killed before it ended/);
    assert.deepEqual(incident.applied, ["0003_add_age.sql"]);
    assert.equal(incident.backup?.id, "backup-1");
    assert.match(
      incident.timeline.map(({ what }) => what).join("\n"),
      /backup backup-1 \(base\) taken\n0003_add_age\.sql begun/,
    );
    assert.deepEqual(leftover(), []);
    await deploy(database, good, { world: world(), release: "1.0.1" });
    assert.equal((await told()).length, 1, "and only once");
  });

  it("of a run that was killed on another machine is told from what the database knows", async () => {
    await deploy(database, BASE, { world: world() });
    await killedElsewhere(database);
    await deploy(database, { ...BASE, "0003_add_age.sql": FAILING["0003_add_age.sql"] ?? "" }, { world: world() });
    const [incident] = await told();
    assert.match(incident?.error.message ?? "", /The run of release 0\.9\.0 that began .* was killed/);
  });

  it(`keeps the last ${KEPT_INCIDENTS} of an instance`, async () => {
    const error = await refusalOf(deploy(database, { ...BASE, "0003_x.sql": "SELECT 1/0;\n" }, { world: world() }));
    const [first] = await told();
    assert.ok(first !== undefined && error.details.incident !== undefined);
    const publish = (incident: Incident): Promise<string> => incidentsIn(name).publish(incident);
    for (let n = 0; n <= KEPT_INCIDENTS; n++)
      await publish({ ...first, at: new Date(Date.UTC(2999, 0, 1, 0, n)).toISOString() });
    await publish({ ...first, at: new Date(Date.UTC(2999, 0, 1, 0, KEPT_INCIDENTS)).toISOString() });
    const names = readdirSync(folder());
    assert.equal(names.length, KEPT_INCIDENTS);
    assert.ok(!existsSync(error.details.incident), "the oldest goes");
    assert.equal(names.filter((one) => one.includes("T0140")).length, 2, "two of the same second stay apart");
  });

  it("is listed newest first, also among several of one second", async () => {
    await refusalOf(deploy(database, { ...BASE, "0003_x.sql": "SELECT 1/0;\n" }, { world: world() }));
    const [first] = await told();
    assert.ok(first !== undefined);
    const inOneSecond = [
      ["100", "statement_failed"],
      ["200", "statement_failed"],
      ["300", "backup_failed"],
    ] as const;
    for (const [ms, code] of inOneSecond) {
      const at = `2999-01-01T00:00:00.${ms}Z`;
      await incidentsIn(name).publish({ ...first, at, error: { ...first.error, code } });
    }
    const listed = (await told()).map(({ at }) => at.slice(20, 23));
    assert.deepEqual(listed.slice(0, 3), ["300", "200", "100"]);
  });

  it("names a page that can no longer be read, and lists the others", async () => {
    await refusalOf(deploy(database, { ...BASE, "0003_x.sql": "SELECT 1/0;\n" }, { world: world() }));
    writeFileSync(join(folder(), "20200101T000000Z-verify_failed.md"), "# torn");
    const { incidents, faults } = await listIncidents(folder());
    assert.equal(incidents.length, 1);
    assert.match(faults[0]?.message ?? "", /20200101T000000Z-verify_failed\.md does not describe an incident/);
  });

  async function killedAfterFirstFile(good: Folder, pid: number): Promise<void> {
    const real = incidentsIn(name);
    const frozen: Partial<World> = {
      incidents: {
        ...real,
        begin: async (beginning) => ({ ...(await real.begin(beginning)), discard: () => Promise.resolve() }),
        publish: () => Promise.reject(new Error("dead")),
      },
      killPoint: (point) => {
        if (point === "file-committed") throw new Error("killed");
      },
    };
    await assert.rejects(deploy(database, good, { world: frozen }), /killed/);
    for (const one of leftover())
      renameSync(join(folder(), one), join(folder(), one.replace(`.run-${process.pid}-`, `.run-${pid}-`)));
  }
});

/** The id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  return child.pid ?? 0;
}

async function killedElsewhere(database: TestDatabase): Promise<void> {
  const client = await database.client();
  await client.query(
    "INSERT INTO holdfast.runs (release, is_empty_start, started_at) VALUES ('0.9.0', false, now() - interval '1 hour')",
  );
  await client.query("UPDATE schema_migrations SET applied_at = now() - interval '30 minutes' WHERE version = '0002'");
  await client.query("UPDATE schema_migrations SET applied_at = now() - interval '3 hours' WHERE version = '0001'");
  await client.end();
}
