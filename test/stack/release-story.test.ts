import assert from "node:assert/strict";
import type { Client } from "pg";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureBuilt } from "../support/build.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createReleaseCheckouts, type ReleaseCheckouts, type ReleasedStack } from "../support/release-checkouts.js";
import type { RunReport } from "../support/pulumi.js";
import { findLostRows, Ledger, StoryClient } from "../support/story-client.js";
import { describeSchema } from "../support/describe-schema.js";

/** Traffic that each deploy and each pause between two deploys must meet. */
const ROUNDS = 40;

describe("releases 1.0.0 to 1.5.1, deployed under traffic on the real engine", function () {
  this.timeout(600_000);
  let dataRoot: TestDataRoot;
  let checkouts: ReleaseCheckouts;
  const reports: RunReport[] = [];
  const schemas = new Map<string, string>();

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    checkouts = await createReleaseCheckouts(dataRoot.path);
  });
  after(async () => {
    checkouts.remove();
    await dataRoot.remove();
  });

  const instanceOf = async (name: string): Promise<LocalInstance> =>
    (await findLocalInstance({ project: "story", name, root: dataRoot.path }))!;
  const withClient = async <T>(name: string, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = await connectLocal(await instanceOf(name));
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const systemIdentifier = (name: string): Promise<string> =>
    withClient(name, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        "SELECT system_identifier::text AS id FROM pg_control_system()",
      );
      return rows[0]!.id;
    });
  const deploy = async (stack: ReleasedStack, release: string): Promise<RunReport> => {
    const report = await stack.deploy(release);
    reports.push(report);
    return report;
  };

  it("loses no row, shows no client an error and replaces nothing, one release after another", async () => {
    const story = await checkouts.createStack("story");
    await deploy(story, "1.0.0");
    const identifier = await systemIdentifier("story");
    const ledger = new Ledger();
    const clients: StoryClient[] = [];
    const start = async (release: string): Promise<StoryClient> => {
      const client = new StoryClient(await connectLocal(await instanceOf("story")), release, ledger);
      clients.push(client);
      await client.hasWritten(ROUNDS);
      return client;
    };
    try {
      const first = await start("1.0.0");
      await deploy(story, "1.1.0");
      const second = await start("1.1.0");
      await first.hasWritten(ROUNDS);
      await first.stop();
      await deploy(story, "1.2.0");
      const third = await start("1.2.0");
      await second.hasWritten(ROUNDS);
      await second.stop();
      await deploy(story, "1.3.0");
      const fourth = await start("1.3.0");
      await third.hasWritten(ROUNDS);

      const before = await withClient("story", describeSchema);
      const back = await deploy(story, "1.2.0");
      assert.deepEqual(back.outputs["ran"], [], "an older checkout runs nothing");
      assert.equal(await withClient("story", describeSchema), before, "an older checkout leaves the schema alone");
      await third.hasWritten(ROUNDS);
      await deploy(story, "1.3.0");

      await third.hasWritten(ROUNDS);
      await third.stop();
      const contract = await deploy(story, "1.4.0");
      assert.equal((contract.outputs["ran"] as string[]).length, 3, "the approved contracts run");
      const fifth = await start("1.4.0");
      await fourth.hasWritten(ROUNDS);
      await deploy(story, "1.5.0");
      await deploy(story, "1.5.1");
      await fourth.hasWritten(ROUNDS);
      await fifth.hasWritten(ROUNDS);
    } finally {
      for (const client of clients) await client.stop().catch(() => undefined);
    }
    assert.deepEqual(
      clients.flatMap(({ release, errors }) => errors.map(({ message }) => `${release}: ${message}`)),
      [],
    );
    assert.ok(ledger.users.size + ledger.payments.size + ledger.messages > 2000, "the story had traffic");
    assert.deepEqual(await withClient("story", (client) => findLostRows(client, ledger)), []);
    assert.equal(await systemIdentifier("story"), identifier);
    schemas.set("one after another", await withClient("story", describeSchema));
  });

  it("comes to the same schema from 1.0.0 to 1.4.0 in one step", async () => {
    const leap = await checkouts.createStack("leap");
    await deploy(leap, "1.0.0");
    await withClient("leap", (client) => client.query("INSERT INTO users (email, name) VALUES ('a@example.org', 'A')"));
    const report = await deploy(leap, "1.4.0");
    assert.equal(
      (report.outputs["held"] as unknown[]).length,
      3,
      "a contract waits for a later release than its expand",
    );
    await deploy(leap, "1.5.0");
    await deploy(leap, "1.5.1");
    schemas.set("in one step", await withClient("leap", describeSchema));
  });

  it("comes to the same schema from an empty database to 1.4.0", async () => {
    const fresh = await checkouts.createStack("fresh");
    await deploy(fresh, "1.4.0");
    await deploy(fresh, "1.5.0");
    await deploy(fresh, "1.5.1");
    schemas.set("from nothing", await withClient("fresh", describeSchema));
  });

  it("all ways end in one and the same schema", () => {
    const [expected, ...others] = [...schemas.values()];
    assert.equal(schemas.size, 3);
    for (const other of others) assert.equal(other, expected);
  });

  it("replaced and deleted nothing in all these deploys", () => {
    const harmful = reports.flatMap(({ steps }) => steps).filter(({ op }) => /replace|delete|discard/.test(op));
    assert.deepEqual(
      harmful.map(({ op, urn }) => `${op} ${urn}`),
      [],
    );
    assert.ok(reports.length >= 13);
  });
});
