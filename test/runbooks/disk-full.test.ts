import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listLocalInstances } from "../../engine/index.js";
import { playRunbook } from "../support/play-runbook.js";
import { skipBecause } from "../support/skip-because.js";

const MIB = 1024 * 1024;
const elsewhere = mkdtempSync(join(tmpdir(), "holdfast elsewhere "));
let disk = "";

playRunbook("disk-full", {
  /** The project's folder of the data root is a disk of its own, and small. */
  place: (root, project, test) => {
    const folder = join(root, project);
    mkdirSync(folder);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=400m,mode=755", "tmpfs", folder], { stdio: "ignore" });
    } catch {
      skipBecause(test, "this user may not mount a small disk");
    }
    disk = folder;
  },
  stage: async (world) => {
    const restored = await world.holdfast("restore", "dev", "--as", "dev-of-may");
    assert.equal(restored.exitCode, 0, restored.stderr);
    // Without a base backup of today the next deploy takes a whole one.
    rmSync(join(disk, "backups", "dev"), { recursive: true });
    const { directory } = await world.local("dev-of-may");
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(directory, "data", "an old dump"), Buffer.alloc(bavail * bsize - 20 * MIB));
    world.project.write({ "migrations/0002_add_email.sql": "ALTER TABLE users ADD COLUMN email text;\n" });
    const { exitCode, stderr } = await world.holdfast("migrate", "dev");
    assert.equal(exitCode, 3);
    assert.match(stderr, /too full: \d+ MB are needed and \d+ MB are free[^]*\[backup_failed\]/);
  },
  clear: async (world) => {
    for (const { name } of await listLocalInstances({ root: world.root.path }))
      await world.holdfast("local", "stop", name);
    execFileSync("umount", [disk]);
    rmSync(elsewhere, { recursive: true, force: true });
  },
  steps: {
    1: { promises: ({ stdout }) => assert.match(stdout, /tmpfs +400M .*9\d%/) },
    2: { promises: ({ stdout }) => assert.match(stdout, /M\t.*\/dev-of-may$/m) },
    3: {
      values: () => ({ old: "dev-of-may" }),
      promises: ({ stdout }) => assert.match(stdout, /dev-of-may is stopped/),
    },
    4: {
      values: () => ({ old: "dev-of-may", elsewhere }),
      promises: () => assert.ok(existsSync(join(elsewhere, "dev-of-may", "instance.json"))),
    },
    5: { promises: ({ stdout }) => assert.match(stdout, /users/) },
    6: { promises: ({ stdout }) => assert.match(stdout, /dev is running/) },
    7: { promises: ({ stdout }) => assert.match(stdout, /dev is at schema 0002/) },
    8: { promises: ({ stdout }) => assert.match(stdout, /dev: sound/) },
  },
  end: async (world) => {
    assert.deepEqual(await world.rows("SELECT count(*), count(email) AS emails FROM users"), [
      { count: "100", emails: "0" },
    ]);
  },
});
