import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SwitchIntent } from "../../engine/adapters/local/finish-switch.js";
import { findLocalInstance, listLocalInstances } from "../../engine/adapters/local/instance-file.js";
import { writeInstanceRecord, type InstanceRecord } from "../../engine/adapters/local/instance-record.js";

const AT = "2026-11-21T23:10:00.000Z";
const PRESENT: InstanceRecord = {
  resourceId: "local-a",
  port: 15001,
  createdAt: "2026-01-01T00:00:00Z",
  supersedes: ["local-z"],
};
const NEXT: InstanceRecord = {
  resourceId: "local-b",
  port: 15002,
  createdAt: AT,
  restoredFrom: "x",
  restoredFromResource: "local-a",
};
const INTENT: SwitchIntent = {
  ...{ instance: "dev", to: "fixed", old: "dev-until-20261121T2310", at: AT },
  records: { present: PRESENT, next: NEXT },
};

describe("a switch that was killed", () => {
  let root: string;
  const folder = (name: string) => join(root, "shop", name);
  const find = (name: string) => findLocalInstance({ root, project: "shop", name });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "holdfast switch "));
    for (const [name, record] of [
      ["dev", PRESENT],
      ["fixed", NEXT],
    ] as const) {
      await mkdir(folder(name), { recursive: true });
      await writeInstanceRecord(folder(name), record);
    }
    await writeFile(join(root, "shop", ".switch-dev.json"), JSON.stringify(INTENT));
  });
  afterEach(() => rm(root, { recursive: true }));

  const PLACES: readonly (readonly [where: string, reach: () => Promise<void>])[] = [
    ["before anything was moved", () => Promise.resolve()],
    ["when nobody had the name", () => rename(folder("dev"), folder(INTENT.old))],
    [
      "before the records were written",
      async () => {
        await rename(folder("dev"), folder(INTENT.old));
        await rename(folder("fixed"), folder("dev"));
      },
    ],
    [
      "with the old one's record written",
      async () => {
        await rename(folder("dev"), folder(INTENT.old));
        await rename(folder("fixed"), folder("dev"));
        await writeInstanceRecord(folder(INTENT.old), { ...PRESENT, port: NEXT.port, tookOverAt: AT });
      },
    ],
  ];

  for (const [where, reach] of PLACES) {
    it(`${where}, is finished by whoever looks for the database next: the name is never without one`, async () => {
      await reach();
      const found = await find("dev");
      assert.deepEqual(
        [found?.resourceId, found?.port, found?.since, found?.supersedes],
        ["local-b", 15001, AT, ["local-z", "local-a"]],
      );
      const old = await find(INTENT.old);
      assert.deepEqual([old?.resourceId, old?.port], ["local-a", 15002]);
      assert.deepEqual((await readdir(join(root, "shop"))).toSorted(), ["dev", INTENT.old]);
    });

    it(`${where}, is finished by whoever lists the databases, also by many at once`, async () => {
      await reach();
      const lists = await Promise.all(Array.from({ length: 8 }, () => listLocalInstances({ root })));
      const names = [...new Set(lists.map((list) => list.map(({ name }) => name).join()))];
      assert.deepEqual(names, [`dev,${INTENT.old}`]);
      assert.equal((await find("dev"))?.resourceId, "local-b");
    });
  }

  it("says so where its folders were moved away since", async () => {
    await rm(folder("fixed"), { recursive: true });
    await assert.rejects(find("dev"), { code: "switch_refused", message: /begun and cannot be finished/ });
  });
});
