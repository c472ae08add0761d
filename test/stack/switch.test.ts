import assert from "node:assert/strict";
import { restoreBackup } from "../support/restore.js";
import { catalogueFolder, listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { fileMigrationSource } from "../../engine/adapters/file-migration-source.js";
import { isLocal } from "../../engine/core/catalogue.js";
import { switchInstance } from "../../engine/switch-instance.js";
import { ensureBuilt } from "../support/build.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createReleaseCheckouts, type ReleaseCheckouts } from "../support/release-checkouts.js";

describe("a stack whose database was switched to a restored one", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let checkouts: ReleaseCheckouts;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    checkouts = await createReleaseCheckouts(dataRoot.path);
  });
  after(async () => {
    checkouts.remove();
    await dataRoot.remove();
  });

  const named = async (name: string): Promise<LocalInstance> =>
    (await findLocalInstance({ project: "story", name, root: dataRoot.path }))!;
  const query = async (sql: string) => {
    const client = await connectLocal(await named("dev"));
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it("is migrated by the next up, replaces nothing, and has nothing to do in the one after", async () => {
    const dev = await checkouts.createStack("dev");
    await dev.deploy("1.0.0");
    await query("INSERT INTO users (email, name) VALUES ('a@example.org', 'A')");
    const migrated = await dev.deploy("1.1.0");
    await query("DELETE FROM users");

    const name = { root: dataRoot.path, project: "story", instance: "dev" };
    const [entry] = (await listCatalogue(catalogueFolder(name))).entries.filter(isLocal);
    await restoreBackup({ root: dataRoot.path, entry: entry!, as: "before", progress: () => undefined });
    const source = fileMigrationSource("migrations", checkouts.harness.home.workDirectory, "holdfast");
    const request = { ...name, to: "before", source, despiteFaults: false, now: new Date() };
    const { resourceId } = await switchInstance(request);
    assert.deepEqual(await query("SELECT email FROM users"), [{ email: "a@example.org" }]);

    const preview = await dev.stack.preview();
    const up = await dev.stack.up();
    const again = await dev.stack.up();
    assert.deepEqual(up.outputs["ran"], migrated.outputs["ran"], "what had run on the one before runs on this one");
    assert.ok((up.outputs["ran"] as string[]).length > 0);
    assert.equal((up.outputs["instance"] as { connection: { resourceId: string } }).connection.resourceId, resourceId);
    assert.deepEqual(await query("SELECT email FROM users"), [{ email: "a@example.org" }]);
    for (const { changes } of [preview, up]) {
      const told = changes.map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`);
      assert.deepEqual(told.toSorted(), ["update migrations", "update migrations-run"]);
    }
    assert.deepEqual(again.changes, []);
  });
});
