import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as postgresql from "@pulumi/postgresql";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { providerArgsOf } from "../../components/postgresql-provider.js";
import { connectionOf } from "../../engine/adapters/local/connection.js";
import { ensureLocalInstance } from "../../engine/adapters/local/instances.js";
import { ensureProviderPlugin, PROVIDER_NAMES, type ProviderName } from "../../toolchain/provider-plugin.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";
import { CHANGES as COMMAND_CHANGES } from "./command-rows.js";
import { isOfficial } from "./official-states.js";
import { CHANGES as POSTGRESQL_CHANGES, makeResource } from "./postgresql-rows.js";

const nameOf = (row: { it: string }): string => row.it.replaceAll(/[^a-z0-9]+/gi, "-");

/** With the folder that commands of the table run in. */
const HARNESS = { linksCheckout: false, files: { "sub/file": "" } };

/** A first program and a second one, for each provider. */
interface Programs {
  readonly first: PulumiFn;
  readonly second: PulumiFn;
}

/**
 * Not registered without the official plugins, which are no part of this package: HOLDFAST_TEST_COMMAND_PLUGIN and
 * HOLDFAST_TEST_POSTGRESQL_PLUGIN name the folders they are in. What they wrote is kept in official-states/ and compared always.
 */
const AT_HAND = PROVIDER_NAMES.filter(isOfficial);

describe("a stack goes on with the other plugin", function () {
  this.timeout(240_000);
  let dataRoot: TestDataRoot;
  let official: StackHarness;
  let standIn: StackHarness;
  let standInHome: string;

  before(async () => {
    dataRoot = await createDataRoot();
    official = await createStackHarness({ ...HARNESS, env: { HOLDFAST_HOME: dataRoot.path } });
    standInHome = mkdtempSync(join(tmpdir(), "holdfast-stand-in-home-"));
    for (const name of PROVIDER_NAMES) {
      await ensureProviderPlugin({ name, cli: official.cli, pulumiHome: standInHome, source: "stand-in" });
    }
    standIn = await createStackHarness({ ...HARNESS, env: { ...official.env, PULUMI_HOME: standInHome } });
  });

  after(async () => {
    official.remove();
    standIn.remove();
    rmSync(standInHome, { recursive: true, force: true });
    await dataRoot.remove();
  });

  const programsOf: Readonly<Record<ProviderName, (instance: string) => Promise<Programs>>> = {
    command: () => {
      const rows = COMMAND_CHANGES.filter(({ op }) => op !== "replace");
      const make = (pick: "was" | "then") => () => {
        for (const row of rows) new local.Command(nameOf(row), row[pick]);
        return Promise.resolve();
      };
      return Promise.resolve({ first: make("was"), second: make("then") });
    },
    postgresql: async (instance) => {
      const dev = await ensureLocalInstance({ project: "shop", name: instance, root: dataRoot.path });
      const sql = await connectLocal(dev);
      await sql.query("CREATE ROLE reader; CREATE ROLE writer; CREATE SCHEMA sales");
      for (const { setup } of POSTGRESQL_CHANGES) if (setup !== undefined) await sql.query(setup);
      await sql.end();
      const make = (pick: "was" | "then") => () => {
        const opts = { provider: new postgresql.Provider("server", providerArgsOf(connectionOf(dev))) };
        for (const row of POSTGRESQL_CHANGES) makeResource(row.kind, nameOf(row), row[pick], opts);
        return Promise.resolve();
      };
      return { first: make("was"), second: make("then") };
    },
  };

  for (const name of AT_HAND) {
    for (const from of ["official", "stand-in"] as const) {
      it(`${name}: made by the ${from} one, it shows no change under the other, which then takes over`, async () => {
        const stackName = `${name}-from-${from}`;
        const programs = await programsOf[name](stackName);
        const [one, two] = from === "official" ? [official, standIn] : [standIn, official];
        const made = await one.createStack({ stack: stackName, program: programs.first });
        await made.up();
        const taken = await sameStack(one, two, stackName, programs.first);
        assert.deepEqual((await taken.preview()).changes, []);
        assert.deepEqual((await taken.refresh()).changes, []);
        assert.deepEqual((await taken.preview()).changes, []);
        await taken.up({ program: programs.second });
        assert.deepEqual((await made.preview({ program: programs.second })).changes, []);
        await made.destroy();
      });
    }
  }
});

/** The settings hold the salt of the state's passphrase. */
function sameStack(from: StackHarness, to: StackHarness, stack: string, program: PulumiFn): Promise<TestStack> {
  const file = `Pulumi.${stack}.yaml`;
  copyFileSync(join(from.home.workDirectory, file), join(to.home.workDirectory, file));
  return to.createStack({ stack, program });
}
