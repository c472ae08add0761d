import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogueFolder, makeWorkFolder, publish } from "../../engine/adapters/backup/catalogue-folder.js";
import { pruneDumps } from "../../engine/adapters/dump/prune-dumps.js";
import { copyEntry } from "../../engine/adapters/places/copy-entry.js";
import { prunePlace } from "../../engine/adapters/places/prune-place.js";
import type { DumpManifest } from "../../engine/core/backup-manifest.js";
import type { BytePlace } from "../../engine/core/backup-place.js";
import type { CatalogueEntry } from "../../engine/core/catalogue.js";
import { REQUEST } from "../support/backups.js";

const NOW = new Date("2026-06-30T12:00:00Z");
const now = (): Date => NOW;

describe("old copies in a place", () => {
  let root: string;
  let place: BytePlace & { readonly path: string };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "holdfast prune "));
    const path = join(root, "place");
    place = { kind: "directory", path, name: path };
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const name = () => ({ root: join(root, "data"), project: "shop", instance: "staging" });

  /** A dump of a moment, of that database. */
  async function dump(takenAt: Date, changes: Partial<DumpManifest> = {}): Promise<CatalogueEntry> {
    const folder = catalogueFolder(name());
    const draft = await makeWorkFolder(folder, "new");
    mkdirSync(join(draft, "dump"));
    writeFileSync(join(draft, "dump", "toc.dat"), takenAt.toISOString());
    const sha256 = createHash("sha256").update(takenAt.toISOString()).digest("hex");
    const files = [{ name: "toc.dat", bytes: 24, sha256 }];
    const head = { format: 1, kind: "dump", project: "shop", instance: "staging", environment: "staging" } as const;
    return publish<DumpManifest>(folder, draft, {
      ...{ ...head, ...REQUEST, pendingVersions: [], resourceId: "1/app", takenAt: takenAt.toISOString() },
      ...{ server: { version: "16.4" }, roles: [], tables: [] },
      dump: { directory: "dump", programVersion: "16.4", bytes: 24, files },
      ...changes,
    });
  }

  async function copies(entries: readonly CatalogueEntry[]): Promise<void> {
    const watch = { progress: () => undefined, signal: new AbortController().signal };
    for (const entry of entries) await copyEntry({ root: name().root, entry, place, now, ...watch });
  }

  const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);
  const inPlace = (): string[] => readdirSync(join(place.path, "shop", "staging")).sort();

  it("go by the same rules as those here; what a contract relied on, and what others put there, stays", async () => {
    const entries: CatalogueEntry[] = [];
    for (let hour = 10; hour >= 1; hour--) {
      entries.push(await dump(hoursAgo(hour), hour === 9 ? { contracts: ["0007"], pendingVersions: ["0007"] } : {}));
    }
    await copies(entries);
    const [oldest] = entries;
    const newest = entries.at(-1);
    assert.ok(oldest !== undefined && newest !== undefined);
    const foreign = join(place.path, "shop", "staging", oldest.id, "notes.txt");
    writeFileSync(foreign, "somebody's own");
    await prunePlace({ place, newest, now });
    await pruneDumps(catalogueFolder(name()), "1/app", NOW);
    const kept = readdirSync(catalogueFolder(name())).sort();
    assert.equal(kept.length, 6, kept.join());
    assert.deepEqual(inPlace(), [oldest.id, ...kept].sort());
    assert.deepEqual(readdirSync(join(place.path, "shop", "staging", oldest.id)), ["notes.txt"]);
  });

  it("of another database under the same name stay, and nothing goes where a manifest cannot be read", async () => {
    const others = await Promise.all(
      [20, 21, 22, 23, 24, 25, 26].map((hour) => dump(hoursAgo(hour), { resourceId: "2/app" })),
    );
    const own = [];
    for (let hour = 9; hour >= 1; hour--) own.push(await dump(hoursAgo(hour)));
    await copies([...others, ...own]);
    const newest = own.at(-1);
    assert.ok(newest !== undefined);
    writeFileSync(join(place.path, "shop", "staging", newest.id, "manifest.json"), "{}");
    await prunePlace({ place, newest, now });
    assert.equal(inPlace().length, 16);
    await copies([newest]);
    await prunePlace({ place, newest, now });
    assert.equal(inPlace().length, 7 + 5);
  });
});
