import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KILL_POINTS, type KillPoint } from "../../engine/core/kill-points.js";
import { checksumOf, normaliseText } from "../../engine/core/normalise-text.js";
import { copyDatabase } from "../support/copy-database.js";
import { pictureOf } from "../support/database-picture.js";
import { deploy, OWNER_ROLE, type Folder } from "../support/engine.js";
import { runJob, type KillJob } from "../support/kill-process.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const BASE: Folder = {
  "0001_create_probes.sql":
    "CREATE TABLE probes (id bigint PRIMARY KEY, name text NOT NULL);\nINSERT INTO probes SELECT i, 'probe ' || i FROM generate_series(1, 25) i;\n" +
    "CREATE TABLE tallies (id bigint PRIMARY KEY, n integer NOT NULL DEFAULT 0);\nINSERT INTO tallies SELECT id FROM probes;\n",
};
const EXPAND: Folder = { ...BASE, "0002_add_probes_label.sql": "ALTER TABLE probes ADD COLUMN label text;\n" };
const DROP_NAME = "-- @phase contract\n-- @closes 0002\nALTER TABLE probes DROP COLUMN name;\n";
/** Every way a file is run, in one deploy. */
const ALL: Folder = {
  ...EXPAND,
  "0003_create_notes.sql": "CREATE TABLE notes (id bigint PRIMARY KEY);\nINSERT INTO notes VALUES (1);\n",
  "0004_insert_notes.sql":
    "DO $$ BEGIN INSERT INTO notes SELECT id + 1 FROM notes; END $$;\n\n-- @verify\nSELECT count(*) = 2 FROM notes;\n",
  "0005_index_probes_label.sql":
    "CREATE INDEX CONCURRENTLY probes_label_idx ON probes (label);\nINSERT INTO notes VALUES (3);\nVACUUM probes;\n",
  "0006_fill_tallies_n.sql":
    "-- @phase backfill\n-- @batch table=tallies key=id size=10\nUPDATE tallies SET n = n + 1 WHERE id BETWEEN :from AND :to;\n",
  "0007_drop_probes_name.sql": DROP_NAME,
};
const APPROVAL = { version: "0007", checksum: checksumOf(normaliseText(DROP_NAME)), by: "reviewer@example.org" };
const TABLES = ["probes", "tallies", "notes"];

/** What comes before, and what is killed. */
const STAGES = {
  "a deploy": {
    before: [["1.0.0", EXPAND]],
    job: { folder: ALL, request: { release: "1.1.0", approvals: [APPROVAL] } },
  },
  "a purge": {
    before: [
      ["1.0.0", EXPAND],
      ["1.1.0", ALL],
    ],
    job: { folder: ALL, request: { release: "1.2.0" } },
  },
  "an undo": {
    before: [
      ["1.0.0", EXPAND],
      ["1.1.0", ALL],
    ],
    job: { folder: ALL, request: {}, undo: "0007" },
  },
} as const satisfies Record<string, { before: readonly (readonly [string, Folder])[]; job: Omit<KillJob, "database"> }>;

/** Where a real backup is needed to get there: test/backup kills those. */
const ELSEWHERE: readonly KillPoint[] = KILL_POINTS.filter((point) =>
  /^(backup-(copied|marked|published|pruned)|drill-)/.test(point),
);

function stageOf(point: KillPoint): keyof typeof STAGES {
  if (point.startsWith("purge-")) return "a purge";
  return point.startsWith("undo-") ? "an undo" : "a deploy";
}

describe("a process killed between an effect and the row that records it", function () {
  this.timeout(120_000);
  let directory: string;
  const prepared = new Map<string, { template: TestDatabase; undisturbed: unknown }>();

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "holdfast-test-kill-"));
    for (const [name, stage] of Object.entries(STAGES)) {
      const template = await createDatabase({ ownerRole: OWNER_ROLE });
      for (const [release, folder] of stage.before) await deploy(template, folder, { release, approvals: [APPROVAL] });
      const database = await copyDatabase(template);
      await runJob({ ...stage.job, database });
      prepared.set(name, { template, undisturbed: await pictureOf(database, TABLES) });
      await database.drop();
    }
  });
  after(async () => {
    await rm(directory, { recursive: true, force: true });
    for (const { template } of prepared.values()) await template.drop();
  });

  async function kill(job: KillJob, point: KillPoint): Promise<void> {
    const reached = join(directory, point);
    const child = spawn(
      process.execPath,
      ["--import", "tsx", join(__dirname, "../support/kill-process.ts"), JSON.stringify(job)],
      {
        env: { ...process.env, HOLDFAST_TEST_KILL_POINT: point, HOLDFAST_TEST_KILL_REACHED: reached },
        stdio: "inherit",
      },
    );
    const [, signal] = (await once(child, "exit")) as [number | null, string | null];
    assert.equal(signal, "SIGKILL", `${point} was not reached`);
    assert.equal(await readFile(reached, "utf8"), point);
  }

  for (const point of KILL_POINTS.filter((one) => !ELSEWHERE.includes(one))) {
    it(`${stageOf(point)} at ${point}: once more, and all is as if nothing had happened`, async () => {
      const { template, undisturbed } = prepared.get(stageOf(point))!;
      const database = await copyDatabase(template);
      try {
        const { name, host, port, user, password } = database;
        const job: KillJob = { ...STAGES[stageOf(point)].job, database: { name, host, port, user, password } };
        await kill(job, point);
        await runJob({ ...job, database });
        assert.deepEqual(await pictureOf(database, TABLES), undisturbed);
      } finally {
        await database.drop();
      }
    });
  }
});
