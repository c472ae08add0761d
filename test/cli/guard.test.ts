import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findKindIn, GUARDED_TYPES } from "../../cli/guard/guarded-types.js";
import { judgePreview, type Finding, type Verdict } from "../../cli/guard/judge-preview.js";
import { readPreview } from "../../cli/guard/read-preview.js";
import { HoldfastError } from "../../engine/core/errors.js";
import { createProject, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";
import { pulumiCommand, type PulumiCommand } from "../support/pulumi-command.js";

const SECRET = "correct-horse-battery";
const COMMANDS = "command:local:*";

const PROGRAM_HEAD = `const pulumi = require("@pulumi/pulumi");
const { local, Provider } = require("@pulumi/command");
class Group extends pulumi.ComponentResource { constructor(name) { super("shop:index:Group", name, {}); } }
const make = (name, opts, trigger = "1") => new local.Command(name, { create: "echo x", triggers: [trigger],
  environment: { TOKEN: pulumi.secret("${SECRET}") } }, opts);
`;

/** What a pull request would do to each, told by its name. */
const BEFORE = `["replaced", "removed", "imported", "read-other", "read-same", "moved", "kept"].forEach((name) => make(name));
make("retained", { retainOnDelete: true });
const source = make("source", { deleteBeforeReplace: true });
new local.Command("dependent", { create: "echo y", triggers: [source.stdout] });
`;
const AFTER = `make("replaced", {}, "2");
make("imported", { import: "elsewhere" });
new local.Command("read-other", undefined, { id: "elsewhere" });
new local.Command("read-same", undefined, { id: process.env.READ_SAME });
make("moved", { parent: new Group("group") });
make("kept");
const source = make("source", { deleteBeforeReplace: true }, "2");
new local.Command("dependent", { create: "echo y", triggers: [source.stdout] });
`;

describe("holdfast guard on what the real engine previews", function () {
  this.timeout(300_000);
  let harness: StackHarness;
  let pulumi: PulumiCommand;
  const previews: Record<"digest" | "replacementSteps" | "stream" | "clean" | "failed", string> = {
    ...{ digest: "", replacementSteps: "", stream: "", clean: "", failed: "" },
  };

  const program = (text: string): Promise<void> =>
    writeFile(join(harness.home.workDirectory, "program.cjs"), PROGRAM_HEAD + text);
  const preview = async (...flags: string[]): Promise<string> =>
    (await pulumi.run(["preview", "--json", ...flags])).stdout;

  before(async () => {
    harness = await createStackHarness();
    pulumi = await pulumiCommand(harness);
    const settings = { name: "shop", runtime: "nodejs", main: "program.cjs" };
    await writeFile(join(harness.home.workDirectory, "Pulumi.yaml"), JSON.stringify(settings));
    await program(BEFORE);
    await pulumi.run(["stack", "select", "--create", "dev"]);
    const up = await pulumi.run(["up", "--yes", "--skip-preview"]);
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    previews.clean = await preview();
    const { deployment } = JSON.parse((await pulumi.run(["stack", "export"])).stdout) as {
      deployment: { resources: { urn: string; id?: string }[] };
    };
    const same = deployment.resources.find(({ urn }) => urn.endsWith("::read-same"))?.id ?? assert.fail("not exported");
    await program(AFTER.replace("process.env.READ_SAME", JSON.stringify(same)));
    previews.digest = await preview();
    previews.replacementSteps = await preview("--show-replacement-steps");
    const stream = await pulumi.run(["preview", "--json"], { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" });
    previews.stream = stream.stdout;
    await program(`${BEFORE}\nthrow new Error("the program is broken: ${SECRET}");`);
    previews.failed = await preview();
  });
  after(() => harness.remove());

  const judged = (form: keyof typeof previews): Finding[] => [...judge(previews[form]).refused];
  const find = (form: keyof typeof previews, name: string): Finding =>
    judged(form).find((finding) => finding.name === name) ?? assert.fail(`${name} is not found`);

  for (const form of ["digest", "replacementSteps", "stream"] as const) {
    it(`names each resource that would be lost, and how (${form})`, () => {
      assert.deepEqual(Object.fromEntries(judged(form).map(({ name, fate }) => [name, fate])), {
        ...{
          replaced: "replaced",
          imported: "replaced",
          "read-other": "replaced",
          source: "replaced",
          dependent: "replaced",
        },
        ...{ removed: "deleted", moved: "deleted", retained: "forgotten", "read-same": "forgotten" },
      });
    });

    it(`names the property that causes a replacement (${form})`, () => {
      assert.deepEqual(find(form, "replaced").properties, ["triggers[0]"]);
      assert.match(find(form, "replaced").cause, /triggers\[0\] cannot change in place/);
    });

    it(`knows a resource that has another parent by its type, and offers the alias (${form})`, () => {
      const { cause, next } = find(form, "moved");
      assert.match(cause, /another parent/);
      assert.match(next, /aliases: \["urn:pulumi:dev::shop::command:local:Command::moved"\]/);
    });

    it(`finds what is only read from now on, or imported under its name (${form})`, () => {
      assert.match(find(form, "read-same").cause, /only read from now on/);
      assert.match(find(form, "read-other").cause, /another resource is read under its name/);
      assert.match(find(form, "removed").cause, /no longer in the program/);
      assert.match(find(form, "retained").cause, /retainOnDelete/);
    });
  }

  it("says of an import under a name that is taken what it would delete", () => {
    assert.match(find("digest", "imported").cause, /another resource is imported under its name/);
  });

  it("says which resource drags one along that depends on it", () => {
    const { properties, cause, next } = find("digest", "dependent");
    assert.deepEqual(properties, ["triggers"]);
    assert.match(cause + next, /comes from source.*Keep source from being replaced/);
  });

  it("offers an alias where the only new resource of the type may be the one that is gone", () => {
    const renamed = { ...STATE, urn: URN.replace("::main", "::primary") };
    const steps = [
      { op: "create", urn: renamed.urn, newState: renamed },
      { op: "delete", urn: URN, oldState: STATE },
    ];
    const [finding] = judge(JSON.stringify({ steps, changeSummary: {} }), []).refused;
    assert.match(
      finding?.next ?? "",
      /If primary is the same resource, give it the option aliases: \["urn:.*::main"\]/,
    );
  });

  it("refuses with 3, with a table and a way for each, and no value of any input", async () => {
    const { exitCode, stdout, stderr } = await guard(previews.digest, "--type", COMMANDS);
    assert.equal(exitCode, 3, stderr);
    assert.match(stdout, /^resource +kind +type +would be +because$/m);
    assert.match(
      stdout,
      /^replaced +database +command:local:Command +replaced +triggers\[0\] cannot change in place$/m,
    );
    assert.match(stdout, /^urn:pulumi:dev::shop::command:local:Command::removed\n {2}next +Put it back/m);
    assert.match(stdout, /9 resources would be lost \[guard_refused\]$/m);
    for (const text of [stdout, stderr]) assert.ok(!text.includes(SECRET) && !text.includes("echo x"));
  });

  it("passes what loses nothing", async () => {
    const { exitCode, stdout } = await guard(previews.clean, "--type", COMMANDS);
    assert.match(stdout, /no database, secret, key or backup is lost$/m);
    assert.equal(exitCode, 0);
  });

  it("passes the loss of what nobody said is data", async () => {
    assert.equal((await guard(previews.digest)).exitCode, 0);
  });

  it("never passes a preview that failed, whose deletes were perhaps not planned", async () => {
    const { exitCode, stderr, stdout } = await guard(previews.failed);
    assert.match(stderr, /of a preview that failed \(\d+ errors?\)\. \[preview_failed\]/);
    assert.equal(exitCode, 3);
    assert.ok(!(stderr + stdout).includes(SECRET));
  });

  it("never passes a preview that is cut off, wherever", () => {
    for (const text of [previews.digest, previews.stream]) {
      for (const part of [0.1, 0.4, 0.7, 0.95]) {
        assert.equal(faultOf(text.slice(0, Math.floor(text.length * part))).exitCode, 2);
      }
    }
    const lines = previews.stream.trim().split("\n");
    const beforeSummary = lines.slice(
      0,
      lines.findIndex((line) => line.includes('"summaryEvent"')),
    );
    assert.match(faultOf(beforeSummary.join("\n")).message, /did not come to its end/);
  });

  it("notices steps that a filter took out", () => {
    const digest = JSON.parse(previews.digest) as { steps: { op: string }[] };
    const filtered = { ...digest, steps: digest.steps.filter(({ op }) => op !== "delete") };
    assert.match(faultOf(JSON.stringify(filtered)).message, /it counts 3 × delete and lists fewer/);
  });

  it("reads the events that the Automation API gives, as a list", () => {
    const events = previews.stream
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    assert.equal(judge(JSON.stringify(events)).refused.length, 9);
    assert.equal(judge(JSON.stringify({ events })).refused.length, 9);
  });

  it("reads what PowerShell writes: UTF-16 with a byte-order mark", () => {
    const bytes = Buffer.from(`\uFEFF${previews.digest}`, "utf16le");
    assert.equal(judgePreview(readPreview(bytes, "x"), findKindIn([COMMANDS]), []).refused.length, 9);
  });

  it("lets one go that is named, with the reason, and no other", async () => {
    const urns = judged("digest").map(({ urn }) => urn);
    const allow = urns.flatMap((urn) => ["--allow", urn]);
    const all = await guard(previews.digest, "--type", COMMANDS, ...allow, "--because", "moved to main");
    assert.equal(all.exitCode, 0, all.stdout);
    assert.match(all.stdout, /^allowed urn:pulumi:dev::shop::command:local:Command::removed: moved to main$/m);
    const most = await guard(previews.digest, "--type", COMMANDS, ...allow.slice(2), "--because", "x", "--json");
    assert.equal(most.exitCode, 3);
    const { refused, allowed, ok } = most.json() as Verdict & { ok: boolean };
    assert.deepEqual([ok, refused.map(({ urn }) => urn), allowed.length], [false, urns.slice(0, 1), urns.length - 1]);
  });

  it("tells of an exception that is not needed any more", async () => {
    const urn = "urn:pulumi:dev::shop::command:local:Command::gone";
    const { stdout, exitCode } = await guard(previews.clean, "--allow", urn, "--because", "x");
    assert.match(stdout, new RegExp(`--allow ${urn}: nothing is planned for it`));
    assert.equal(exitCode, 0);
  });

  it("annotates a pull request on GitHub", async () => {
    const { stdout, exitCode } = await guard(previews.digest, "--type", COMMANDS, "--format", "github");
    assert.match(stdout, /^::error title=database removed would be deleted::urn:pulumi:\S+::removed: it is no longer/m);
    assert.equal(exitCode, 3);
  });
});

/** A digest of one step, in the shape the engine's source has (pkg/display/json.go). */
function digest(step: object, more: object = {}): string {
  return JSON.stringify({ steps: [step], changeSummary: { same: 1 }, ...more });
}

const URN = "urn:pulumi:prod::shop::holdfast:index:PersistentDatabase$aws:rds/instance:Instance::main";
const STATE = { urn: URN, type: "aws:rds/instance:Instance", id: "shop-prod-main", custom: true };

describe("holdfast guard on recorded shapes", () => {
  it("watches an RDS instance below a component without being told", () => {
    const [finding] = judge(digest({ op: "delete", urn: URN, oldState: STATE }), []).refused;
    assert.deepEqual([finding?.kind, finding?.name, finding?.fate], ["database", "main", "deleted"]);
  });

  it("says that a provider changed, which hides a region or an account", () => {
    const provider = (name: string): string => `urn:pulumi:prod::shop::pulumi:providers:aws::${name}::0a1b`;
    const step = {
      op: "replace",
      urn: URN,
      oldState: { ...STATE, provider: provider("default_7_48_0") },
      newState: { ...STATE, id: undefined, provider: provider("frankfurt") },
      replaceReasons: ["provider"],
      detailedDiff: null,
    };
    const [finding] = judge(digest(step), []).refused;
    assert.deepEqual(finding?.properties, ["provider"]);
    assert.match(finding?.cause ?? "", /from default_7_48_0 to frankfurt, which may be another region or account/);
  });

  it("says that a region changed", () => {
    const step = { op: "replace", urn: URN, oldState: STATE, newState: STATE, replaceReasons: ["region"] };
    assert.match(judge(digest(step), []).refused[0]?.cause ?? "", /move to another region/);
  });

  it("says that a refresh lost sight of it and the deploy would make an empty one", () => {
    const steps = [
      { op: "delete", urn: URN, oldState: STATE },
      { op: "create", urn: URN, newState: STATE },
    ];
    const [finding] = judge(JSON.stringify({ steps, changeSummary: { create: 1 } }), []).refused;
    assert.match(finding?.cause ?? "", /refresh did not find it, so it would be made anew, empty/);
  });

  it("reads the same out of events, where a refresh tells it only at its end", () => {
    const event = (name: string, op: string): object => ({
      sequence: 1,
      [name]: { metadata: { op, urn: URN, type: STATE.type, old: STATE, new: null, detailedDiff: null } },
    });
    const lines = [event("resourcePreEvent", "refresh"), event("resOutputsEvent", "delete")];
    const log = [...lines, { sequence: 2, summaryEvent: { isPreview: true, resourceChanges: {} } }];
    assert.equal(judge(log.map((line) => JSON.stringify(line)).join("\n"), []).refused.length, 1);
  });

  for (const op of [
    "remove-pending-replace",
    "discard",
    "discard-replaced",
    "import-replacement",
    "read-replacement",
  ]) {
    it(`refuses ${op}`, () => assert.equal(judge(digest({ op, urn: URN, oldState: STATE }), []).refused.length, 1));
  }

  for (const op of ["same", "create", "update", "refresh", "import", "diff"]) {
    it(`passes ${op}`, () => {
      assert.equal(judge(digest({ op, urn: URN, oldState: STATE, newState: STATE }), []).refused.length, 0);
    });
  }

  it("does not guess what an operation means that it does not know", () => {
    assert.throws(
      () => judge(digest({ op: "teleport", urn: URN, oldState: STATE }), []),
      /plans "teleport" for .*::main/,
    );
  });

  const FOREIGN: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    ["nothing", "", /is empty/],
    ["blanks", " \n", /is empty/],
    ["an empty document", "{}", /holds nothing/],
    ["null", "null", /is JSON, and no preview/],
    ["a list of anything", "[1, 2]", /is JSON, and no preview/],
    ["an empty list", "[]", /is JSON, and no preview/],
    ["a preview for people", "Previewing update (dev):\n + create", /is no JSON/],
    ["stderr before the document", 'warning: x\n{"steps": []}', /is no JSON/],
    ["a stack's state", '{"version": 3, "deployment": {"resources": []}}', /is a stack's exported state/],
    ["an update plan", '{"resourcePlans": {}}', /is an update plan/],
    ["a Terraform plan", '{"format_version": "1.2", "resource_changes": []}', /is a Terraform plan/],
    [
      "a digest without an end",
      digest({ op: "same", urn: URN }, { changeSummary: undefined }),
      /did not come to its end/,
    ],
    ["a step without a URN", digest({ op: "delete" }), /a step has no operation or no URN/],
    ["an update's log", '{"sequence": 1, "summaryEvent": {"isPreview": false}}', /log of an update/],
  ];
  for (const [what, text, says] of FOREIGN) {
    it(`refuses ${what} as unreadable, with 2`, () => {
      const error = faultOf(text);
      assert.match(error.message, says);
      assert.deepEqual([error.code, error.exitCode], ["invalid_preview", 2]);
      assert.ok((error.details.next ?? "").length > 20);
    });
  }

  it("quotes nothing of a document it cannot read", async () => {
    const { stdout, stderr, exitCode } = await guard(`{"password": "${SECRET}", oops}`);
    assert.equal(exitCode, 2);
    assert.match(stderr, /stdin is no whole JSON document.*\[invalid_preview\]/);
    assert.ok(!(stdout + stderr).includes(SECRET));
  });

  it("counts an event log as failed when its summary says so, whatever was told", () => {
    const log = '{"sequence": 1, "summaryEvent": {"isPreview": true, "result": "failed"}}';
    assert.equal(readPreview(Buffer.from(log), "x").errors, 1);
  });
});

describe("holdfast guard's command line", () => {
  let project: TestProject;
  before(() => {
    project = createProject({ "preview.json": digest({ op: "delete", urn: URN, oldState: STATE }) });
  });
  after(() => project.remove());
  const run = (...args: string[]): Promise<CliRun> => runCli(["guard", ...args], { cwd: project.root });

  it("reads a file", async () => {
    const { exitCode, json } = await run("preview.json", "--json");
    assert.equal(exitCode, 3);
    assert.equal((json() as Verdict).refused[0]?.urn, URN);
  });

  const MISUSES: readonly (readonly [args: string[], says: RegExp])[] = [
    [["nowhere.json"], /nowhere\.json cannot be read \(ENOENT\)/],
    [["."], /cannot be read \(EISDIR\)/],
    [["preview.json", "--allow", URN], /--allow needs --because/],
    [["preview.json", "--allow", "main", "--because", "x"], /"main" is no URN/],
    [["preview.json", "--type", "Instance"], /"Instance" is no type/],
    [["preview.json", "--format", "html"], /"html" is no format/],
    [[], /the preview is missing/],
  ];
  for (const [args, says] of MISUSES) {
    it(`refuses "guard ${args.join(" ")}" with 2`, async () => {
      const { exitCode, stderr } = await run(...args);
      assert.match(stderr, says);
      assert.equal(exitCode, 2);
    });
  }
});

describe("docs/guard.md", () => {
  it("lists every type that is watched, and no other", () => {
    const page = readFileSync("docs/guard.md", "utf8");
    const listed = [...page.matchAll(/^\| (database|secret|key|backup|files) \| (.*) \|$/gm)].flatMap(
      ([, kind, types]) => [...(types ?? "").matchAll(/`([^`]+)`/g)].map(([, type]) => `${kind ?? ""} ${type ?? ""}`),
    );
    const known = Object.entries(GUARDED_TYPES).flatMap(([kind, types]) => types.map((type) => `${kind} ${type}`));
    assert.deepEqual(listed.sort(), known.sort());
  });

  it("leaves no type of the installed AWS package unread: each that is listed exists", () => {
    const exact = Object.values(GUARDED_TYPES)
      .flat()
      .filter((type) => type.startsWith("aws:") && !type.includes("*"));
    for (const type of exact.filter((one) => !REMOVED.has(one))) {
      const [, module = "", name = ""] = type.split(":");
      const [folder = "", file = ""] = module.split("/");
      const text = readFileSync(`node_modules/@pulumi/aws/${folder}/${file}.js`, "utf8");
      assert.ok(text.includes(`'${type}'`), `${type} (${name})`);
    }
  });
});

/** Of older major versions, which states may hold. */
const REMOVED = new Set(["aws:s3/bucketV2:BucketV2"]);

function judge(text: string, types: readonly string[] = [COMMANDS]): Verdict {
  return judgePreview(readPreview(Buffer.from(text), "preview.json"), findKindIn(types), []);
}

function faultOf(text: string): HoldfastError {
  try {
    readPreview(Buffer.from(text), "preview.json");
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  return assert.fail("it was read");
}

function guard(preview: string, ...args: string[]): Promise<CliRun> {
  return runCli(["guard", "-", ...args], { input: preview });
}
