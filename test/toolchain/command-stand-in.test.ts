import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";
import { isAlive } from "../../toolchain/process-identity.js";
import { until } from "../support/until.js";
import { CHANGES, FAILURES, REFUSALS, type ChangeRow } from "./command-rows.js";
import { assertAsOfficial, isOfficial, statesOf } from "./official-states.js";

/** The resource without the SDK's types, for inputs they do not allow. */
class RawCommand extends pulumi.CustomResource {
  constructor(name: string, inputs: object) {
    super("command:local:Command", name, { ...inputs }, { version: "1.2.1" });
  }
}

const nameOf = (row: { it: string }): string => row.it.replaceAll(/[^a-z0-9]+/gi, "-");

/** For what only the stand-in owes: the official plugin never wrote such a state, and its own end is not ours. */
const itOurs = isOfficial("command") ? it.skip : it;

describe("the command provider", function () {
  this.timeout(240_000);
  let harness: StackHarness;

  before(async () => {
    harness = await createStackHarness({ files: { "sub/file": "" }, linksCheckout: false });
  });

  after(() => harness.remove());

  describe("sees and does with a change what the official plugin does", () => {
    const known = new Set<string>();
    let first: RunReport;
    let preview: RunReport;
    let second: RunReport;
    let again: RunReport;
    const states: Record<string, Awaited<ReturnType<typeof statesOf>>> = {};

    const program = (inputsOf: (row: ChangeRow) => object) => () => {
      const outputs = CHANGES.map((row) => {
        const { stdout } = new local.Command(nameOf(row), inputsOf(row));
        if (pulumi.runtime.isDryRun()) stdout.apply(() => known.add(nameOf(row)));
        return [nameOf(row), stdout] as const;
      });
      return Promise.resolve(Object.fromEntries(outputs));
    };

    before(async () => {
      const stack = await harness.createStack({ stack: "changes", program: program(({ was }) => was) });
      first = await stack.up();
      states["first"] = await statesOf(stack);
      const changed = { program: program(({ then }) => then) };
      preview = await stack.preview(changed);
      second = await stack.up(changed);
      states["second"] = await statesOf(stack);
      const refresh = await stack.refresh();
      assert.deepEqual(refresh.changes, []);
      again = await stack.up(changed);
      await stack.destroy();
    });

    for (const row of CHANGES) {
      it(row.it, () => {
        const name = nameOf(row);
        const seen = (report: RunReport): string[] =>
          report.changes.filter((step) => step.name === name).map(({ op }) => op);
        const expected = {
          same: [],
          update: ["update"],
          replace: ["create-replacement", "delete-replaced", "replace"],
        }[row.op];
        assert.deepEqual(seen(preview).sort(), expected, "in the preview");
        assert.deepEqual(seen(second).sort(), expected, "in the deploy");
        const step = second.changes.find((candidate) => candidate.name === name);
        assert.deepEqual(step?.detailedDiff ?? {}, row.diff ?? {});
        assert.equal(known.has(name), row.known ?? row.op === "same", "stdout known in the preview");
        assert.deepEqual([first.outputs[name], second.outputs[name]], row.stdout);
      });
    }

    it("changes nothing when it runs again", () => assert.deepEqual(again.changes, []));

    for (const step of ["first", "second"]) {
      it(`leaves the state that the official plugin leaves: ${step} deploy`, () =>
        assertAsOfficial("command", step, states[step] ?? {}));
    }
  });

  describe("fails as the official plugin does", () => {
    let report: RunReport;

    before(async () => {
      const program = (): Promise<void> => {
        for (const row of FAILURES) new local.Command(nameOf(row), row.inputs);
        return Promise.resolve();
      };
      const stack = await harness.createStack({ stack: "failures", program });
      report = await stack.up({ mayFail: true, continueOnError: true });
      assert.deepEqual((await stateOf(stack)).filter(isCommand), []);
    });

    for (const row of FAILURES) {
      it(row.it, () => {
        const errors = report.diagnostics.filter(
          ({ urn, severity }) => severity === "error" && urn?.endsWith(`::${nameOf(row)}`),
        );
        assert.deepEqual(
          errors.map(({ message }) => message),
          [row.error],
        );
      });
    }
  });

  describe("refuses inputs in the preview as the official plugin does", () => {
    let stack: TestStack;

    before(async () => {
      stack = await harness.createStack({ stack: "refusals", program: () => Promise.resolve() });
    });

    for (const row of REFUSALS) {
      it(row.it, async () => {
        const program = (): Promise<void> => {
          new RawCommand("command", row.inputs);
          return Promise.resolve();
        };
        const { errors, succeeded } = await stack.preview({ program, mayFail: true });
        assert.equal(succeeded, false);
        assert.ok(
          errors.includes(`command:local:Command resource 'command': ${row.error}`),
          `among the errors: ${errors.join("\n")}`,
        );
      });
    }
  });

  describe("over the life of one command", () => {
    let stack: TestStack;
    const one = (inputs: object, options = {}) => ({
      program: () => {
        new local.Command("one", inputs, options);
        return Promise.resolve();
      },
      mayFail: true,
    });
    const engineOf = (name: string): number => {
      const locks = join(harness.home.stateDirectory, ".pulumi", "locks", "organization", "holdfast", name);
      const [lock = ""] = readdirSync(locks).filter((entry) => entry.endsWith(".json"));
      return (JSON.parse(readFileSync(join(locks, lock), "utf8")) as { pid: number }).pid;
    };
    const file = (name: string): string => join(harness.home.workDirectory, name);

    before(async () => {
      stack = await harness.createStack({ stack: "life", program: () => Promise.resolve() });
    });

    itOurs("takes a stack over from the stand-in of Holdfast 1.4.0 without a change", async () => {
      const program = one({ create: "echo a" });
      const old = await harness.createStack({ stack: "old", ...program });
      await old.up();
      const state = await old.state();
      const text = JSON.stringify(state.deployment).replaceAll('"__pulumi-go-provider-version":"1.2.0",', "");
      assert.doesNotMatch(text, /go-provider/);
      await old.stack.importStack({ ...state, deployment: JSON.parse(text) as object });
      assert.deepEqual((await old.preview()).changes, []);
      assert.deepEqual(
        (await old.up(one({ create: "echo b" }))).changes.map(({ name }) => name),
        ["one"],
      );
    });

    it("a failed update leaves inputs and outputs as they were", async () => {
      await stack.up(one({ create: "echo a" }));
      const failed = await stack.up(one({ create: "echo b; exit 1" }));
      assert.deepEqual(failed.errors.slice(0, 1), ['exit status 1: running "echo b; exit 1":\nb']);
      const [kept] = (await stateOf(stack)).filter(isCommand);
      assert.deepEqual(kept?.outputs, { create: "echo a", stdout: "a", stderr: "" });
    });

    it("a delete that fails keeps the resource, and one that works sees the last output", async () => {
      await stack.up(one({ create: "echo c", delete: "exit 4" }));
      const { errors } = await stack.destroy({ mayFail: true });
      assert.deepEqual(errors.slice(0, 1), ['exit status 4: running "exit 4":']);
      assert.equal((await stateOf(stack)).filter(isCommand).length, 1);
      await stack.up(one({ create: "echo c", delete: "echo [$PULUMI_COMMAND_STDOUT] > deleted" }));
      await stack.destroy();
      assert.equal(readFileSync(file("deleted"), "utf8"), "[c]\n");
    });

    it("runs nothing in a preview", async () => {
      await stack.preview(one({ create: "touch previewed" }));
      assert.equal(existsSync(file("previewed")), false);
    });

    it("shows the lines of the streams that are logged, and keeps both", async () => {
      const run = (logging: string) => one({ create: `echo out-${logging}; echo err-${logging} >&2`, logging });
      const shown = async (logging: string): Promise<string[]> =>
        (await stack.up(run(logging))).diagnostics
          .filter(({ ephemeral }) => ephemeral)
          .map(({ message }) => message)
          .sort();
      assert.deepEqual(await shown("stdout"), ["out-stdout"]);
      assert.deepEqual(await shown("stderr"), ["err-stderr"]);
      assert.deepEqual(await shown("stdoutAndStderr"), ["err-stdoutAndStderr", "out-stdoutAndStderr"]);
      assert.deepEqual(await shown("none"), []);
      const [state] = (await stateOf(stack)).filter(isCommand);
      assert.deepEqual([state?.outputs?.["stdout"], state?.outputs?.["stderr"]], ["out-none", "err-none"]);
    });

    it("an import is refused, since a command has nothing to import", async () => {
      await stack.destroy();
      const { errors, succeeded } = await stack.up(one({ create: "echo a" }, { import: "some-id" }));
      assert.equal(succeeded, false);
      assert.match(errors.join("\n"), /Missing required field 'stdout' on 'local\.CommandOutputs'/);
    });

    it("a cancelled run kills the command", async () => {
      const cancelled = await harness.createStack({ stack: "cancelled", program: () => Promise.resolve() });
      const abort = new AbortController();
      const run = cancelled.up({ ...one({ create: "echo $$ > pid; exec sleep 600" }), signal: abort.signal });
      await until(
        "the command runs",
        () => existsSync(file("pid")) && readFileSync(file("pid"), "utf8").endsWith("\n"),
      );
      const pid = Number(readFileSync(file("pid"), "utf8"));
      abort.abort();
      assert.equal((await run).succeeded, false);
      assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    });

    itOurs("outlives a killed engine only until its command is done", async () => {
      const killed = await harness.createStack({ stack: "killed", program: () => Promise.resolve() });
      const create = "echo $PPID > provider; cat < gate > /dev/null; touch finished";
      execFileSync("mkfifo", [file("gate")]);
      const run = killed.up(one({ create }));
      await until(
        "the command runs",
        () => existsSync(file("provider")) && readFileSync(file("provider"), "utf8") !== "",
      );
      const provider = Number(readFileSync(file("provider"), "utf8"));
      process.kill(engineOf("killed"), "SIGKILL");
      assert.equal((await run).succeeded, false);
      assert.equal(isAlive(provider), true);
      writeFileSync(file("gate"), "go on");
      await until("the command is done", () => existsSync(file("finished")));
      await until("the provider is gone", () => !isAlive(provider));
    });

    it("the function runs a command, also in a preview", async () => {
      const invoking = await harness.createStack({ stack: "function", program: () => Promise.resolve() });
      const program = () => Promise.resolve({ ran: local.runOutput({ command: "echo hi; echo e >&2" }) });
      const { outputs } = await invoking.up({ program });
      assert.deepEqual(outputs["ran"], { command: "echo hi; echo e >&2", stdout: "hi", stderr: "e" });
      const seen: string[] = [];
      await invoking.preview({
        program: () => {
          local.runOutput({ command: "echo hi" }).stdout.apply((stdout) => seen.push(stdout));
          return Promise.resolve();
        },
      });
      assert.deepEqual(seen, ["hi"]);
    });
  });
});

interface ResourceState {
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

async function stateOf(stack: TestStack): Promise<readonly ResourceState[]> {
  const exported = await stack.state();
  return (exported.deployment as { resources?: ResourceState[] }).resources ?? [];
}

function isCommand({ type }: ResourceState): boolean {
  return type === "command:local:Command";
}
