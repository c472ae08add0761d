import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { ensureBuilt } from "../support/build.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { inFolder } from "../support/in-folder.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";

const EXAMPLES = resolve("examples");

describe("the examples", function () {
  this.timeout(120_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({ env: { HOLDFAST_HOME: dataRoot.path } });
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  it("have one program for every component", () => {
    const exported = readFileSync("components/index.ts", "utf8").matchAll(/^export \{\s*(\w+),/gm);
    const kebab = [...exported].map(([, name]) => name!.replace(/\B[A-Z]/g, "-$&").toLowerCase());
    assert.deepEqual(readdirSync(EXAMPLES).sort(), kebab.sort());
  });

  for (const example of readdirSync(EXAMPLES)) {
    it(`${example} can be previewed as it stands`, async () => {
      const folder = join(EXAMPLES, example);
      const load = freshly(join(folder, "index.ts"));
      const stack = await harness.createStack({ project: `example-${example}`, program: load });
      const preview = await inFolder(folder, () => stack.preview());
      assert.deepEqual(preview.errors, []);
      assert.ok(preview.changes.length > 0);
      assert.ok(preview.changes.every(({ op }) => op === "create"));
    });
  }

  it("of SchemaMigrations knows in its preview what will run, and what its service needs", async () => {
    const folder = join(EXAMPLES, "schema-migrations");
    const load = freshly(join(folder, "index.ts"));
    const stack = await harness.createStack({ project: "example-again", program: load });
    const preview = await inFolder(folder, () => stack.preview());
    const said = preview.diagnostics
      .filter(({ severity }) => severity.startsWith("info"))
      .map(({ message }) => message);
    assert.match(said.join("\n"), /2 migrations will run[^]*0001_create_notes\.sql[^]*0002_add_notes_pinned\.sql/);
    const service = preview.changes.find(({ name }) => name === "notes")!;
    assert.deepEqual(service.newInputs["environment"], { REQUIRED_SCHEMA_VERSION: "0002" });
  });
});

/** A program is its module's body, which Node runs only once. */
function freshly(path: string): () => Promise<Record<string, unknown>> {
  const load = createRequire(__filename);
  return () => {
    Reflect.deleteProperty(load.cache, path);
    return Promise.resolve(load(path) as Record<string, unknown>);
  };
}
