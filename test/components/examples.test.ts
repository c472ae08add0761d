import assert from "node:assert/strict";
import { readdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import * as components from "../../components/index.js";
import { ensureBuilt } from "../support/build.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { inFolder } from "../support/in-folder.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";

const EXAMPLES = resolve("examples");
/** Those on AWS say where their database, key and network are. */
const AWS_CONFIG = { "aws:region": "eu-west-1" };

type Opened = Pick<TestStack, "preview" | "up">;

describe("the examples", function () {
  this.timeout(120_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({ cloud: true, env: { HOLDFAST_HOME: dataRoot.path } });
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  async function open(example: string, name = "dev"): Promise<Opened> {
    const folder = join(EXAMPLES, example);
    placeFiles(folder, harness.home.workDirectory);
    const program = freshly(join(folder, "index.ts"));
    const project = `example-${example}`;
    const stack = await harness.createStack({ project, stack: name, program, config: AWS_CONFIG });
    return { preview: () => inFolder(folder, () => stack.preview()), up: () => inFolder(folder, () => stack.up()) };
  }

  it("have one program for every component", () => {
    const folders = Object.keys(components).map((name) => name.replace(/\B[A-Z]/g, "-$&").toLowerCase());
    assert.deepEqual(readdirSync(EXAMPLES).sort(), folders.sort());
  });

  for (const example of readdirSync(EXAMPLES)) {
    it(`${example} can be previewed and deployed as it stands, and then shows no change`, async () => {
      const stack = await open(example);
      const preview = await stack.preview();
      assert.deepEqual(preview.errors, []);
      assert.ok(preview.changes.length > 0);
      assert.ok(preview.changes.every(({ op }) => op === "create"));
      const up = await stack.up();
      assert.deepEqual(up.errors, []);
      assert.equal(up.changes.length, preview.changes.length);
      for (const [name, value] of Object.entries(up.outputs)) assert.notEqual(value, undefined, name);
      assert.deepEqual((await stack.preview()).changes, []);
    });
  }

  it("of SchemaMigrations knows in its preview what will run, and what its service needs", async () => {
    const stack = await open("schema-migrations", "another");
    const preview = await stack.preview();
    const said = preview.diagnostics
      .filter(({ severity }) => severity.startsWith("info"))
      .map(({ message }) => message);
    assert.match(said.join("\n"), /2 migrations will run[^]*0001_create_notes\.sql[^]*0002_add_notes_pinned\.sql/);
    const service = preview.changes.find(({ name }) => name === "notes")!;
    assert.deepEqual(service.newInputs["environment"], { REQUIRED_SCHEMA_VERSION: "0002" });
  });
});

/** Pulumi runs a program in its project's folder, with the project's files; the program itself is run inline. */
function placeFiles(folder: string, workDirectory: string): void {
  const own = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of own) {
    rmSync(join(workDirectory, name), { recursive: true, force: true });
    symlinkSync(join(folder, name), join(workDirectory, name));
  }
}

/** A program is its module's body, which Node runs only once. */
function freshly(path: string): () => Promise<Record<string, unknown>> {
  const load = createRequire(__filename);
  return () => {
    Reflect.deleteProperty(load.cache, path);
    return Promise.resolve(load(path) as Record<string, unknown>);
  };
}
