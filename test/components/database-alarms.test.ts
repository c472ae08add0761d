import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as kms from "@pulumi/aws/kms/index.js";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { THRESHOLDS } from "../../components/alarms/alarm-thresholds.js";
import { DatabaseAlarms, type DatabaseAlarmsArgs } from "../../components/index.js";
import { ACCOUNT, cloudOf, REGION, type CloudResource, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";

const VAULT = `arn:aws:backup:${REGION}:${ACCOUNT}:backup-vault:shop-backups`;
const TESTS = `arn:aws:backup:${REGION}:${ACCOUNT}:restore-testing-plan:shop-1`;
const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!db-1`;

const RDS: DatabaseAlarmsArgs = {
  instanceIdentifiers: ["shop-main", "shop-second"],
  instanceResourceIds: ["db-MAIN", "db-SECOND"],
  storageType: "gp2",
  instanceClass: "db.t4g.medium",
  emails: ["On.Call@example.com"],
  backupVaultArn: VAULT,
  restoreTestingPlanArn: TESTS,
  rotationFunctionNames: ["rotate"],
  secretArns: [SECRET],
  thresholds: { connections: 700, freeStorageGib: 2 },
};
const AURORA: DatabaseAlarmsArgs = { instanceIdentifiers: [], clusterIdentifier: "shop-cluster" };

const PER_INSTANCE = [
  ["free-storage", "FreeStorageSpace", "LessThanThreshold", 2 * 1024 ** 3, "breaching"],
  ["cpu", "CPUUtilization", "GreaterThanOrEqualToThreshold", 90, "missing"],
  ["connections", "DatabaseConnections", "GreaterThanOrEqualToThreshold", 700, "missing"],
  ["slot-lag", "OldestReplicationSlotLag", "GreaterThanOrEqualToThreshold", 10 * 1024 ** 3, "notBreaching"],
  ["transaction-ids", "MaximumUsedTransactionIDs", "GreaterThanOrEqualToThreshold", 1_000_000_000, "missing"],
  ["replica-lag", "ReplicaLag", "GreaterThanOrEqualToThreshold", 60, "notBreaching"],
  ["burst-balance", "BurstBalance", "LessThanThreshold", 20, "missing"],
  ["cpu-credits", "CPUCreditBalance", "LessThanThreshold", 20, "missing"],
  [
    "idle-transaction",
    "db.state.idle_in_transaction_max_time.avg",
    "GreaterThanOrEqualToThreshold",
    900,
    "notBreaching",
  ],
  [
    "oldest-transaction",
    "db.Transactions.oldest_running_transaction_xid_age.avg",
    "GreaterThanOrEqualToThreshold",
    1_000_000,
    "notBreaching",
  ],
  ["used-storage", "os.fileSys.usedPercent.avg", "GreaterThanOrEqualToThreshold", 85, "notBreaching"],
] as const;

const OF_JOBS = [
  ["backup-failed", "NumberOfBackupJobsFailed", "GreaterThanOrEqualToThreshold", 1, "notBreaching"],
  ["backup-missing", "NumberOfBackupJobsCompleted", "LessThanThreshold", 1, "breaching"],
  ["rotation-errors", "Errors", "GreaterThanOrEqualToThreshold", 1, "notBreaching"],
] as const;

describe("DatabaseAlarms", function () {
  this.timeout(60_000);
  let harness: StackHarness;
  let cloud: TestCloud;

  describe("on RDS instances", () => {
    before(async () => {
      harness = await createStackHarness({ cloud: true, linksCheckout: false });
      cloud = cloudOf(harness);
      const stack = await harness.createStack({ project: "shop", stack: "prod", program: program(RDS) });
      await stack.up();
      assert.deepEqual((await stack.preview()).changes, []);
    });
    after(() => harness.remove());

    for (const [index, identifier, resourceId] of [
      ["", "shop-main", "db-MAIN"],
      ["-2", "shop-second", "db-SECOND"],
    ] as const) {
      for (const [key, metric, comparison, threshold, missing] of PER_INSTANCE) {
        it(`tell of ${key} on ${identifier}`, () => {
          const { attributes } = alarm(`${key}${index}`);
          assert.equal(attributes["comparisonOperator"], comparison);
          assert.equal(attributes["threshold"], threshold);
          assert.equal(attributes["treatMissingData"], missing);
          if (metric.includes(".")) {
            const [query] = attributes["metricQueries"] as { expression: string }[];
            assert.equal(query?.expression, `DB_PERF_INSIGHTS('RDS', '${resourceId}', '${metric}')`);
          } else {
            assert.equal(attributes["metricName"], metric);
            assert.deepEqual(attributes["dimensions"], { DBInstanceIdentifier: identifier });
          }
        });
      }
    }

    for (const [key, metric, comparison, threshold, missing] of OF_JOBS) {
      it(`tell of ${key}`, () => {
        const { attributes } = alarm(key);
        const { metricName, comparisonOperator, treatMissingData } = attributes;
        assert.deepEqual([metricName, comparisonOperator, treatMissingData], [metric, comparison, missing]);
        assert.equal(attributes["threshold"], threshold);
      });
    }

    it("count the backups of the vault that is named", () => {
      assert.deepEqual(alarm("backup-failed").attributes["dimensions"], { BackupVaultName: "shop-backups" });
    });

    it("speak to the topic when they begin and when they end", () => {
      const topic = cloud.only("Topic").attributes["arn"];
      const alarms = cloud.resources("MetricAlarm");
      assert.equal(alarms.length, 2 * PER_INSTANCE.length + OF_JOBS.length);
      for (const { attributes } of alarms) {
        assert.deepEqual(attributes["alarmActions"], [topic]);
        assert.deepEqual(attributes["okActions"], [topic]);
        assert.equal(attributes["actionsEnabled"], true);
        assert.ok(String(attributes["alarmDescription"]).length > 40);
      }
    });

    it("send failed backups, copies, restore tests and rotations to the topic, each of its own vault, plan and secret", () => {
      const patterns: EventPattern[] = cloud
        .resources("EventRule")
        .map(({ attributes }) => JSON.parse(String(attributes["eventPattern"])) as EventPattern);
      const details = Object.fromEntries<unknown>(patterns.map((one) => [one["detail-type"].join(), one.detail]));
      assert.deepEqual(details, {
        "Backup Job State Change": { state: ["FAILED", "ABORTED", "EXPIRED"], backupVaultArn: [VAULT] },
        "Copy Job State Change": { state: ["FAILED"], sourceBackupVaultArn: [VAULT] },
        "Restore Job State Change": { status: ["FAILED", "ABORTED"], restoreTestingPlanArn: [TESTS] },
        "AWS Service Event via CloudTrail": {
          eventName: ["RotationFailed", "RotationAbandoned", "TestRotationFailed"],
          additionalEventData: { SecretId: [SECRET] },
        },
      });
      const topic = cloud.only("Topic").attributes["arn"];
      const targets = cloud.resources("EventTarget");
      assert.equal(targets.length, 4);
      assert.ok(targets.every(({ attributes }) => attributes["arn"] === topic && attributes["roleArn"] === undefined));
    });

    it("send the events that Security Hub asks for to the topic, of every source there is and will be", () => {
      const subscriptions = cloud.resources("EventSubscription").map(({ attributes }) => attributes);
      assert.ok(subscriptions.every(({ sourceIds }) => !Array.isArray(sourceIds) || sourceIds.length === 0));
      const topic = cloud.only("Topic").attributes["arn"];
      assert.ok(subscriptions.every(({ snsTopic }) => snsTopic === topic));
      const categories = Object.fromEntries(
        subscriptions.map(({ sourceType, eventCategories }) => [String(sourceType), eventCategories as string[]]),
      );
      assert.deepEqual(Object.keys(categories).sort(), ["db-instance", "db-parameter-group", "db-security-group"]);
      for (const wanted of ["maintenance", "configuration change", "failure"]) {
        assert.ok(categories["db-instance"]?.includes(wanted), wanted);
      }
    });

    it("have one topic under the given key, to which services publish for this account only, and over TLS", () => {
      assert.equal(cloud.only("Topic").attributes["kmsMasterKeyId"], cloud.only("Key").attributes["arn"]);
      const policy = JSON.parse(String(cloud.only("TopicPolicy").attributes["policy"])) as PolicyDocument;
      const [services, eventBridge, tls] = policy.Statement;
      assert.deepEqual(services?.Condition, { StringEquals: { "aws:SourceAccount": ACCOUNT } });
      assert.deepEqual(services.Principal, {
        Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "backup.amazonaws.com"],
      });
      // EventBridge takes no condition in the policy of a topic.
      assert.deepEqual(eventBridge?.Principal, { Service: "events.amazonaws.com" });
      assert.equal(eventBridge.Condition, undefined);
      assert.equal(tls?.Effect, "Deny");
    });

    it("go by mail to each address", () => {
      const { attributes } = cloud.only("TopicSubscription");
      assert.deepEqual([attributes["protocol"], attributes["endpoint"]], ["email", "On.Call@example.com"]);
    });
  });

  describe("on an Aurora cluster, and in a program that changes its mind", () => {
    before(async () => {
      harness = await createStackHarness({ cloud: true, linksCheckout: false });
      cloud = cloudOf(harness);
    });
    after(() => harness.remove());

    it("watch it as a whole, follow another identifier in place, and use a topic that is there", async () => {
      const stack = await harness.createStack({ project: "shop", stack: "prod", program: program(AURORA) });
      await stack.up();
      const lag = alarm("replica-lag").attributes;
      assert.deepEqual(lag["dimensions"], { DBClusterIdentifier: "shop-cluster" });
      assert.deepEqual([lag["metricName"], lag["threshold"]], ["AuroraReplicaLagMaximum", 60_000]);
      assert.equal(alarm("free-storage").attributes["metricName"], "FreeLocalStorage");
      const sources = cloud.resources("EventSubscription").map(({ attributes }) => attributes["sourceType"]);
      assert.ok(sources.includes("db-cluster"));

      const adopted = { ...AURORA, clusterIdentifier: "shop-cluster-g2" };
      const report = await stack.up({ program: program(adopted) });
      assert.ok(report.changes.length > 0);
      assert.ok(report.changes.every(({ op }) => op === "update"));
      assert.deepEqual(alarm("cpu").attributes["dimensions"], { DBClusterIdentifier: "shop-cluster-g2" });

      const topicArn = String(cloud.only("Topic").attributes["arn"]);
      const elsewhere = await stack.preview({ program: program({ ...adopted, topicArn }) });
      assert.ok(
        elsewhere.changes.every(({ op, type }) => op === "update" || (op === "delete" && type.includes("sns"))),
      );
    });

    const REFUSED: readonly (readonly [what: string, args: DatabaseAlarmsArgs, said: RegExp])[] = [
      [
        "nothing to watch",
        { instanceIdentifiers: [], topicArn: "arn" },
        /instanceIdentifiers is \[\]; allowed: at least one/,
      ],
      [
        "neither key nor topic",
        { instanceIdentifiers: ["a"] },
        /keyArn is not set; allowed: the ARN of a customer managed/,
      ],
      [
        "resource ids of other instances",
        { instanceIdentifiers: ["a", "b"], instanceResourceIds: ["db-A"], topicArn: "arn" },
        /instanceResourceIds is "1 of them"; allowed: one for each of the 2/,
      ],
      ["no address", { instanceIdentifiers: ["a"], topicArn: "arn", emails: ["team"] }, /emails\[0\] is "team"/],
    ];
    it("refuse what would leave it unwatched, before anything is made", async () => {
      const stack = await harness.createStack({ project: "shop", stack: "refused", program: program(AURORA) });
      for (const [what, args, said] of REFUSED) {
        const refused = () => Promise.resolve({ topicArn: new DatabaseAlarms("alarms", args).topicArn });
        const preview = await stack.preview({ program: refused, mayFail: true });
        assert.match(preview.errors.join("\n"), said, what);
        assert.ok(
          preview.changes.every(({ type }) => !type.startsWith("aws:")),
          what,
        );
      }
    });
  });

  it("have a page with every threshold, its range and its default", () => {
    const page = readFileSync("docs/components/database-alarms.md", "utf8");
    for (const [name, { lowest, highest, byDefault }] of Object.entries(THRESHOLDS)) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
      assert.ok(row?.endsWith(`| ${lowest} to ${highest} | ${byDefault} |`), `${name}: ${row}`);
    }
  });

  function alarm(key: string): CloudResource {
    const found = cloud.resources("MetricAlarm").filter(({ id }) => new RegExp(`^alarms-${key}-[0-9a-f]{7}$`).test(id));
    assert.equal(found.length, 1, `${key}: ${found.map(({ id }) => id).join(", ")}`);
    return found[0]!;
  }
});

interface EventPattern {
  readonly "detail-type": string[];
  readonly detail: unknown;
}

interface PolicyDocument {
  readonly Statement: { Effect: string; Principal: unknown; Condition?: unknown }[];
}

function program(args: DatabaseAlarmsArgs): PulumiFn {
  return () => {
    const key = new kms.Key("key", { description: "alarms" });
    return Promise.resolve({ topicArn: new DatabaseAlarms("alarms", { keyArn: key.arn, ...args }).topicArn });
  };
}
