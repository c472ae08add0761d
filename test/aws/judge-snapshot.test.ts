import assert from "node:assert/strict";
import { judgeSnapshot } from "../../engine/adapters/aws/judge-snapshot.js";
import type { Snapshot, SnapshotApi } from "../../engine/adapters/aws/snapshot-api.js";
import type { SnapshotManifest } from "../../engine/core/backup-manifest.js";
import type { CatalogueEntry } from "../../engine/core/catalogue.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { refusalOf } from "../support/engine.js";

const ARN = "arn:aws:rds:eu-central-1:123456789012:snapshot:shop-prod-1";
const FOUND: Snapshot = {
  ...{ id: "shop-prod-1", arn: ARN, status: "available", percent: 100, takenAt: new Date(0), resourceId: "db-1" },
  ...{ engineVersion: "18.1", isEncrypted: true, storageBytes: 1, tags: {} },
};
const MANIFEST = {
  ...{ id: "shop-prod-1", kind: "snapshot", resourceId: "db-1" },
  snapshot: { arn: ARN, isEncrypted: true },
} as unknown as SnapshotManifest;

/** What AWS answers, in place of asking it. */
function judge(answer: () => Promise<Snapshot | undefined>): Promise<string[]> {
  const request = () => ({ service: "RDS", what: "the snapshot", action: "rds:DescribeDBSnapshots", next: "" });
  const api = { region: "eu-central-1", request, find: answer } as unknown as SnapshotApi;
  return judgeSnapshot({} as DatabaseConnection, { manifest: MANIFEST } as CatalogueEntry, api);
}

describe("the verification of a snapshot", () => {
  it("finds no fault with one that AWS has as it was noted", async () => {
    assert.deepEqual(await judge(() => Promise.resolve(FOUND)), []);
  });

  const cases: readonly (readonly [string, Snapshot | undefined, RegExp])[] = [
    ["is gone", undefined, /AWS has no snapshot shop-prod-1 any more/],
    ["is not complete", { ...FOUND, status: "failed" }, /is failed, not available/],
    ["is not encrypted", { ...FOUND, isEncrypted: false }, /is not encrypted; its manifest says otherwise/],
    ["is of another database", { ...FOUND, resourceId: "db-2" }, /is of database db-2, its manifest of db-1/],
    ["is another one under its name", { ...FOUND, arn: `${ARN}0` }, /has another ARN than its manifest/],
  ];
  for (const [what, found, message] of cases) {
    it(`names one that ${what}`, async () => {
      const faults = await judge(() => Promise.resolve(found));
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? "", message);
    });
  }

  it("does not take a refusal of AWS for a missing snapshot", async () => {
    const denied = Object.assign(new Error("no"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    const refused = await refusalOf(judge(() => Promise.reject(denied)));
    assert.equal(refused.code, "aws_access_denied");
  });
});
