import type { Behaviour, CreateRequest, NewResource } from "../../behaviour.js";
import { AwsError, newCapitals, type CloudRegion } from "../../cloud-region.js";
import { isZero, textOf, type Properties } from "../../values.js";
import { ZONE_LETTERS } from "../../zones.js";
import { nameOf } from "../physical-name.js";
import { managedKey, requireExisting, requireRole } from "../refuse.js";
import { keptVersion, majorOf } from "./engine-versions.js";
import { refuseTakenIdentifier } from "./instance-create.js";
import { identifierFaults, insightsFaults, keyFaults, oneOfFaults } from "./instance-faults.js";
import { membersOf, writerOf } from "./members.js";
import { refuseGroupOfOther } from "./parameter-groups.js";
import { CLUSTER, PARAMETER_GROUP } from "./types.js";

export const clusterInstance: Behaviour = {
  check: (inputs) => [
    ...identifierFaults(inputs, "identifier"),
    ...oneOfFaults(inputs, "engine", ["aurora-mysql", "aurora-postgresql", "mysql", "postgres"]),
    ...oneOfFaults(inputs, "monitoringInterval", [0, 1, 5, 10, 15, 30, 60]),
    ...insightsFaults(inputs),
    ...keyFaults(inputs, ["performanceInsightsKmsKeyId"]),
  ],
  same: {
    preferredMaintenanceWindow: (wish, actual) => String(wish).toLowerCase() === actual,
  },
  create: createMember,
  update: ({ cloud, resource, inputs, changed }) => {
    if (changed.includes("monitoringInterval") || changed.includes("monitoringRoleArn"))
      refuseMonitoring(cloud, inputs);
    const group = textOf(inputs, "dbParameterGroupName");
    if (changed.includes("dbParameterGroupName") && group !== undefined) {
      const { engine, version } = clusterOf(cloud, String(resource.attributes["clusterIdentifier"]));
      refuseGroupOfOther(cloud, PARAMETER_GROUP, group, engine, version);
    }
    // An instance of a cluster has the cluster's version.
    return { apply: changed.filter((name) => name !== "engineVersion") };
  },
  read: (resource, cloud, known) => {
    const clusterIdentifier = String(resource.attributes["clusterIdentifier"]);
    const actual =
      cloud.find(CLUSTER, clusterIdentifier)?.attributes["engineVersionActual"] ??
      resource.attributes["engineVersionActual"];
    const real = cloud.settings().databasesAt;
    return {
      engineVersionActual: actual,
      engineVersion: keptVersion(textOf(known, "engineVersion"), String(actual), undefined),
      endpoint: real?.host ?? `${resource.id}.simulated.${cloud.region}.rds.amazonaws.com`,
      writer: writerOf(cloud, clusterIdentifier)?.id === resource.id,
    };
  },
};

function createMember({ cloud, inputs }: CreateRequest): NewResource {
  const identifier = nameOf(inputs, "identifier", "tf-");
  refuseTakenIdentifier(cloud, identifier);
  const cluster = clusterOf(cloud, String(inputs["clusterIdentifier"]));
  refuseMember(cloud, inputs, cluster);
  const members = membersOf(cloud, String(inputs["clusterIdentifier"]));
  const { held } = cluster;
  const letter = ZONE_LETTERS[members.length % ZONE_LETTERS.length] ?? "a";
  const hasInsights = inputs["performanceInsightsEnabled"] === true || held["performanceInsightsEnabled"] === true;
  return {
    id: identifier,
    attributes: {
      identifier,
      dbiResourceId: `simulated-db-${newCapitals(26)}`,
      arn: cloud.arn("rds", `db:${identifier}`),
      availabilityZone: inputs["availabilityZone"] ?? `${cloud.region}${letter}`,
      caCertIdentifier: inputs["caCertIdentifier"] ?? "rds-ca-rsa2048-g1",
      dbParameterGroupName: inputs["dbParameterGroupName"] ?? `default.${cluster.engine}${majorOf(cluster.version)}`,
      dbSubnetGroupName: held["dbSubnetGroupName"],
      engineVersionActual: cluster.version,
      kmsKeyId: held["kmsKeyId"],
      networkType: held["networkType"],
      performanceInsightsEnabled: hasInsights,
      ...(hasInsights && {
        performanceInsightsKmsKeyId:
          inputs["performanceInsightsKmsKeyId"] ?? held["performanceInsightsKmsKeyId"] ?? managedKey(cloud, "rds"),
        performanceInsightsRetentionPeriod:
          inputs["performanceInsightsRetentionPeriod"] ?? held["performanceInsightsRetentionPeriod"] ?? 7,
      }),
      port: held["port"],
      preferredBackupWindow: held["preferredBackupWindow"],
      preferredMaintenanceWindow: (textOf(inputs, "preferredMaintenanceWindow") ?? "sun:05:00-sun:05:30").toLowerCase(),
      publiclyAccessible: inputs["publiclyAccessible"] ?? false,
      storageEncrypted: held["storageEncrypted"],
    },
    hidden: { order: Date.now() * 100 + members.length },
  };
}

interface HeldCluster {
  readonly held: Properties;
  readonly engine: string;
  readonly version: string;
}

function clusterOf(cloud: CloudRegion, identifier: string): HeldCluster {
  const { attributes } = requireExisting(cloud, CLUSTER, identifier, "DBClusterNotFoundFault");
  return { held: attributes, engine: String(attributes["engine"]), version: String(attributes["engineVersionActual"]) };
}

function refuseMember(cloud: CloudRegion, inputs: Properties, { held, engine, version }: HeldCluster): void {
  if (inputs["engine"] !== engine) {
    throw new AwsError(
      "InvalidParameterCombination",
      `The engine name requested for your DB instance (${String(inputs["engine"])}) doesn't match the engine name of your DB cluster (${engine}).`,
    );
  }
  if (inputs["instanceClass"] === "db.serverless" && isZero(held["serverlessv2ScalingConfiguration"])) {
    const reason =
      "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance.";
    throw new AwsError("InvalidDBClusterStateFault", reason);
  }
  const subnetGroup = textOf(inputs, "dbSubnetGroupName");
  if (subnetGroup !== undefined && subnetGroup !== held["dbSubnetGroupName"]) {
    throw new AwsError("InvalidParameterCombination", "The subnet group of an instance must be that of its cluster.");
  }
  const group = textOf(inputs, "dbParameterGroupName");
  if (group !== undefined) refuseGroupOfOther(cloud, PARAMETER_GROUP, group, engine, version);
  refuseMonitoring(cloud, inputs);
}

function refuseMonitoring(cloud: CloudRegion, inputs: Properties): void {
  if (!isZero(inputs["monitoringInterval"]) && isZero(inputs["monitoringRoleArn"])) {
    const reason = "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.";
    throw new AwsError("InvalidParameterCombination", reason);
  }
  requireRole(cloud, inputs["monitoringRoleArn"]);
}
