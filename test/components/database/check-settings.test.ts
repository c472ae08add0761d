import assert from "node:assert/strict";
import { databaseFaults } from "../../../components/database/check-settings.js";
import { resolveSettings } from "../../../components/database/resolve-settings.js";
import { describeFault } from "../../../components/fault.js";
import type { PersistentDatabaseArgs } from "../../../components/index.js";

const ARGS: PersistentDatabaseArgs = {
  keyArn: "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  subnetGroupName: "shop-prod",
  securityGroupIds: ["sg-0123456789abcdef0"],
  environment: "staging",
};

/** What a program in another language, or in JavaScript, can give. */
function told(given: { [K in keyof PersistentDatabaseArgs]?: unknown }): string {
  const args = { ...ARGS, ...given } as PersistentDatabaseArgs;
  const generations = [{ name: "main", identifier: "shop-staging-main" }];
  return databaseFaults(args, resolveSettings(args), generations).map(describeFault).join("\n");
}

describe("PersistentDatabase refuses what RDS would fill in by itself, and what it would not take", () => {
  const cases: readonly (readonly [Parameters<typeof told>[0], RegExp])[] = [
    [{ keyArn: undefined }, /keyArn is not set; allowed: the ARN of a KMS key.*EncryptionKey\.arn/],
    [{ keyArn: "alias/aws/rds" }, /keyArn is "alias\/aws\/rds"; allowed: the ARN of a KMS key/],
    [{ subnetGroupName: undefined }, /subnetGroupName is not set;.*DatabaseNetwork: subnetGroupName/],
    [{ securityGroupIds: undefined }, /securityGroupIds is not set;.*DatabaseNetwork: \[securityGroupId\]/],
    [
      { instanceClass: "m7g.large" },
      /instanceClass is "m7g\.large"; allowed: a class of RDS, such as "db\.m7g\.large"/,
    ],
    [{ securityGroupIds: "sg-1" }, /securityGroupIds is "sg-1"; allowed: a list of security groups/],
    [{ securityGroupIds: [] }, /securityGroupIds is \[\]; allowed/],
  ];
  for (const [given, said] of cases) it(said.source, () => assert.match(told(given), said));

  it("and accepts the rest with its defaults", () => assert.equal(told({}), ""));
});
