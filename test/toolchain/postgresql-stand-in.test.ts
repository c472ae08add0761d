import assert from "node:assert/strict";
import * as postgresql from "@pulumi/postgresql";
import type { Client } from "pg";
import { providerArgsOf } from "../../components/postgresql-provider.js";
import { connectionOf } from "../../engine/adapters/local/connection.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";
import {
  CHANGES,
  DEFAULT_OUTPUTS,
  FAILURES,
  RawResource,
  REFUSALS,
  makeResource,
  type PostgresChangeRow,
} from "./postgresql-rows.js";
import { assertAsOfficial, statesOf, type PluginState } from "./official-states.js";

const nameOf = (row: { it: string }): string => row.it.replaceAll(/[^a-z0-9]+/gi, "-");

describe("the postgresql provider", function () {
  this.timeout(240_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let dev: LocalInstance;
  let sql: Client;

  const provider = (): postgresql.Provider => new postgresql.Provider("server", providerArgsOf(connectionOf(dev)));
  const valueOf = async (query: string): Promise<unknown> =>
    Object.values((await sql.query<Record<string, unknown>>(query)).rows[0] ?? {})[0];

  before(async () => {
    dataRoot = await createDataRoot();
    harness = await createStackHarness({ linksCheckout: false, env: { HOLDFAST_HOME: dataRoot.path } });
    dev = await ensureLocalInstance({ project: "shop", name: "dev", root: dataRoot.path });
    sql = await connectLocal(dev);
    await sql.query("CREATE ROLE reader; CREATE ROLE writer; CREATE SCHEMA sales");
  });

  after(async () => {
    await sql.end();
    harness.remove();
    await dataRoot.remove();
  });

  describe("sees and does with a change what the official plugin does", () => {
    const effects = { first: new Map<string, unknown>(), second: new Map<string, unknown>() };
    const states: Record<string, Awaited<ReturnType<typeof statesOf>>> = {};
    let preview: RunReport;
    let second: RunReport;
    let refresh: RunReport;
    let again: RunReport;

    const program = (inputsOf: (row: PostgresChangeRow) => object) => () => {
      const opts = { provider: provider() };
      for (const row of CHANGES) makeResource(row.kind, nameOf(row), inputsOf(row), opts);
      return Promise.resolve();
    };
    const look = async (into: Map<string, unknown>): Promise<void> => {
      for (const row of CHANGES) into.set(row.it, await valueOf(row.effect));
    };

    before(async () => {
      for (const { setup } of CHANGES) if (setup !== undefined) await sql.query(setup);
      const stack = await harness.createStack({ stack: "changes", program: program(({ was }) => was) });
      await stack.up();
      states["first"] = await statesOf(stack, [dataRoot.path, String(dev.port)]);
      await look(effects.first);
      const changed = { program: program(({ then }) => then) };
      preview = await stack.preview(changed);
      second = await stack.up(changed);
      await look(effects.second);
      states["second"] = await statesOf(stack, [dataRoot.path, String(dev.port)]);
      again = await stack.up(changed);
      refresh = await stack.refresh();
      await stack.destroy();
    });

    for (const row of CHANGES) {
      it(row.it, () => {
        const name = nameOf(row);
        const seen = (report: RunReport): string[] =>
          report.changes.filter((step) => step.name === name).map(({ op }) => op);
        const expected = STEPS[row.op];
        assert.deepEqual(seen(preview).sort(), [...expected].sort(), "in the preview");
        assert.deepEqual(seen(second), expected, "in the deploy");
        const step = second.changes.find((change) => change.name === name && change.op !== "delete-replaced");
        assert.deepEqual(step?.detailedDiff ?? {}, row.diff ?? {});
        assert.deepEqual([effects.first.get(row.it), effects.second.get(row.it)], row.effects);
        assert.deepEqual(plainState(states["second"]?.[name]), {
          ...DEFAULT_OUTPUTS[row.kind],
          ...sorted(row),
          ...row.outputs,
        });
      });
    }

    it("changes nothing when it runs again", () => assert.deepEqual(again.changes, []));

    for (const step of ["first", "second"]) {
      it(`leaves the state that the official plugin leaves: ${step} deploy`, () =>
        assertAsOfficial("postgresql", step, states[step] ?? {}));
    }

    it("finds nothing else when it looks", () => {
      const gone = CHANGES.filter(({ isGone }) => isGone === true).map((row) => ["delete", nameOf(row)]);
      assert.deepEqual(
        refresh.changes.map(({ op, name }) => [op, name]),
        gone,
      );
    });
  });

  describe("fails as the official plugin does", () => {
    let report: RunReport;

    before(async () => {
      const program = (): Promise<void> => {
        const opts = { provider: provider() };
        for (const row of FAILURES) makeResource(row.kind, nameOf(row), row.inputs, opts);
        return Promise.resolve();
      };
      const stack = await harness.createStack({ stack: "failures", program });
      report = await stack.up({ mayFail: true, continueOnError: true });
    });

    for (const row of FAILURES) {
      it(row.it, () => {
        // The official plugin logs each fault too, beside the error it answers with.
        const errors = report.diagnostics.filter(
          ({ urn, severity, message }) =>
            severity === "error" && urn?.endsWith(`::${nameOf(row)}`) && !message.startsWith("sdk-v2/"),
        );
        assert.deepEqual(
          errors.map(({ message }) => message.trim()),
          [`1 error occurred:\n\t* ${row.error}`],
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
          new RawResource(row.kind, "resource", row.inputs, { provider: provider() });
          return Promise.resolve();
        };
        const { errors, succeeded } = await stack.preview({ program, mayFail: true });
        assert.equal(succeeded, false);
        assert.ok(
          errors.some((error) => error.includes(row.error)),
          errors.join("\n"),
        );
      });
    }
  });
});

/** In the order in which the engine takes them. */
const STEPS: Readonly<Record<PostgresChangeRow["op"], readonly string[]>> = {
  same: [],
  update: ["update"],
  replace: ["create-replacement", "replace", "delete-replaced"],
  "delete first": ["delete-replaced", "replace", "create-replacement"],
};

/** Outputs without what the bridge keeps beside them, and with what is secret as `[secret]`. */
function plainState(state: PluginState | undefined): Record<string, unknown> {
  const entries = Object.entries(state?.outputs ?? {}).filter(([name]) => !name.startsWith("__") && name !== "id");
  return Object.fromEntries(entries.map(([name, value]) => [name, isSecret(value) ? "[secret]" : value]));
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}

/** The inputs as a state has them. */
function sorted({ kind, then }: PostgresChangeRow): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(then as Record<string, unknown>).map(([name, value]) => {
      if (name === "password") return [name, "[secret]"];
      const isSet = Array.isArray(value) && !(kind === "Role" && name === "searchPaths");
      return [name, isSet ? (value as string[]).toSorted() : value];
    }),
  );
}
