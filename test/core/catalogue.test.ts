import assert from "node:assert/strict";
import { readManifest, renderManifest, type BackupManifest } from "../../engine/core/backup-manifest.js";
import { backupId, lastProven, newestFirst, type CatalogueEntry } from "../../engine/core/catalogue.js";

const MANIFEST: BackupManifest = {
  format: 1,
  id: "20260119T093000Z-v0007",
  kind: "base",
  project: "shop",
  instance: "dev",
  resourceId: "local-a",
  environment: "dev",
  takenAt: "2026-01-19T09:30:00.000Z",
  reason: "before 0008",
  schemaVersion: "0007",
  release: "1.1.0",
  pendingVersions: ["0008"],
  contracts: [],
  fingerprint: null,
  server: { version: "18.4", systemIdentifier: "7710544055754036340" },
  wal: {
    start: "0/1800028",
    stop: "0/1800120",
    firstSegment: "000000010000000000000006",
    lastSegment: "000000010000000000000007",
    restorePoint: "holdfast-1",
  },
  data: { file: "base.tar", bytes: 1024, sha256: "00" },
  tables: [{ table: "public.users", rows: 3 }],
  howToRestore: "holdfast restore dev --backup 20260119T093000Z-v0007 --as <name of the new instance>",
};

/** Taken on day `day` of January. */
function entry(day: number, { provenAt = null }: { provenAt?: Date | null } = {}): CatalogueEntry {
  const takenAt = new Date(Date.UTC(2026, 0, day));
  const id = backupId(takenAt, "0007");
  const { instance, kind, schemaVersion, release } = MANIFEST;
  const manifest = { ...MANIFEST, id };
  return { id, instance, kind, takenAt, schemaVersion, release, sizeBytes: 1, path: `/${id}`, provenAt, manifest };
}

const ids = (entries: readonly CatalogueEntry[]) => entries.map(({ id }) => id);
const days = (...of: number[]) => of.map((day) => entry(day));

describe("the catalogue of backups", () => {
  it("names a backup by its second and schema version, so that names sort by time", () => {
    const at = new Date("2026-01-19T09:30:00.987Z");
    assert.equal(backupId(at, "0007"), "20260119T093000Z-v0007");
    assert.equal(backupId(at, "0007", 2), "20260119T093000Z-v0007-2");
    assert.equal(backupId(at, null), "20260119T093000Z-v0");
  });

  it("lists the newest first", () => {
    assert.deepEqual(ids(newestFirst(days(2, 9, 4))), ids(days(9, 4, 2)));
  });

  it("knows which was proven last: that is not the newest one", () => {
    const proven = entry(1, { provenAt: new Date(Date.UTC(2026, 0, 3)) });
    const provenBefore = entry(2, { provenAt: new Date(Date.UTC(2026, 0, 2)) });
    assert.equal(lastProven([proven, provenBefore, ...days(3, 4)]), proven);
    assert.equal(lastProven(days(3, 4)), undefined);
  });
});

describe("the manifest of a backup", () => {
  it("reads what it wrote", () => {
    assert.deepEqual(readManifest(renderManifest(MANIFEST), "manifest.json"), MANIFEST);
  });

  it("recognises any change made later", () => {
    const edited = renderManifest(MANIFEST).replace('"rows": 3', '"rows": 4');
    assert.throws(() => readManifest(edited, "x/manifest.json"), {
      code: "backup_damaged",
      message: /x\/manifest\.json/,
    });
  });

  for (const [what, text] of [
    ["an empty file", ""],
    ["half a manifest", renderManifest(MANIFEST).slice(0, 200)],
    ["JSON of another shape", "[]"],
    ["JSON without a digest", "{}"],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readManifest(text, "manifest.json"), { code: "backup_damaged" });
    });
  }

  it("says so when a newer Holdfast wrote it", () => {
    const newer = renderManifest({ ...MANIFEST, format: 2 } as unknown as BackupManifest);
    assert.throws(() => readManifest(newer, "manifest.json"), { code: "backup_damaged", message: /newer Holdfast/ });
  });
});
