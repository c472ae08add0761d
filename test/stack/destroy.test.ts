import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import program from "../../index.js";
import { ACCOUNT, cloudOf, type CloudResource, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";
import { GUARDED_TYPES } from "../never-replaced/guarded-types.js";

describe("pulumi destroy of the production program", function () {
  this.timeout(300_000);
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;
  let settings: string;

  before(async () => {
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
    settings = `${readFileSync("Pulumi.prod.yaml", "utf8").replaceAll("000000000000", ACCOUNT)}  holdfast:files:\n    kind: s3\n`;
    stack = await harness.createStack({ program, stack: "prod" });
    configure(settings);
    // It stops before the first role, where everything that is guarded stands.
    await stack.up({ mayFail: true });
    assert.deepEqual([...new Set(guarded().map(({ type }) => type))].sort(), [
      "aws:backup/vault:Vault",
      "aws:kms/key:Key",
      "aws:rds/instance:Instance",
      "aws:s3/bucket:Bucket",
    ]);
  });
  after(() => harness.remove());

  const configure = (text: string): void => writeFileSync(join(harness.home.workDirectory, "Pulumi.prod.yaml"), text);
  const guarded = (): CloudResource[] => cloud.resources().filter(({ type }) => GUARDED_TYPES.includes(type));
  const refused = ({ succeeded, errors }: RunReport): string => {
    assert.equal(succeeded, false);
    return errors.join("\n");
  };

  it("is refused without the program: the page with the way is named for each that holds data, and nothing at all is lost", async () => {
    const before = cloud.resources();
    const said = refused(await stack.destroy({ mayFail: true }));
    for (const child of ["key-key", "copy-key-key", "database-main-instance", "backups-vault", "files-bucket"]) {
      assert.match(said, new RegExp(`:${child}:delete \\(the way is in docs/break-glass\\.md\\)`));
    }
    assert.deepEqual(cloud.resources(), before);
  });

  it("is refused with --run-program by its preview, in words that say what is held and the way; nothing at all is lost", async () => {
    const before = cloud.resources();
    const said = refused(await stack.destroy({ mayFail: true, runProgram: true, previewOnly: true }));
    assert.match(said, /BackupPlan "backups" holds the backup vault .* which no deploy deletes or replaces\./);
    assert.match(said, /takes two deploys: first breakGlass: \[\{ id: "holdfast-prod-backups/);
    assert.deepEqual(cloud.resources(), before);
  });

  it("is refused where the entries of break-glass came with it, in one step", async () => {
    const before = cloud.resources();
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const ids = ["holdfast-prod-database", "holdfast-prod-backups", "holdfast-prod-backups-copy"];
    const entries = ids.map((id) => ({ id, by: "ada", reason: "moved away", expires }));
    configure(`${settings}  holdfast:breakGlass: '${JSON.stringify(entries)}'\n`);
    const said = refused(await stack.destroy({ mayFail: true, runProgram: true, previewOnly: true }));
    configure(settings);
    assert.match(said, /takes two deploys/);
    assert.deepEqual(cloud.resources(), before);
  });

  it("has no replacement instead: --replace of the database is refused, and says what to do", async () => {
    const before = cloud.resources();
    const { resources } = (await stack.state()).deployment as { resources: { urn: string; type: string }[] };
    const replace = resources.filter(({ type }) => type === "aws:rds/instance:Instance").map(({ urn }) => urn);
    assert.match(
      refused(await stack.preview({ mayFail: true, replace })),
      /"holdfast-prod-database" \(.*\), which no deploy replaces: run it without --replace/,
    );
    refused(await stack.up({ mayFail: true, replace }));
    assert.deepEqual(cloud.resources(), before);
  });
});
