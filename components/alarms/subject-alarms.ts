import type { Thresholds } from "./alarm-thresholds.js";
import { insightAlarms } from "./insight-alarms.js";
import type { CloudWatchMetric, MetricAlarmDefinition, Subject } from "./metric-alarm.js";

const GIB = 1024 ** 3;
const MINUTE = 60;
const FEW_MINUTES = 300;
const REPLICA_LAG = { instance: "ReplicaLag", member: "AuroraReplicaLag", cluster: "AuroraReplicaLagMaximum" };

/** Metrics: Amazon RDS user guide, "CloudWatch metrics for Amazon RDS"; Aurora user guide, "CloudWatch metrics for Amazon Aurora". */
export function subjectAlarms(
  subject: Subject,
  thresholds: Thresholds,
  has: { gp2: boolean; credits: boolean },
): MetricAlarmDefinition[] {
  const { dimensions, kind, suffix } = subject;
  const isAurora = kind !== "instance";
  const rds = (name: string, statistic: CloudWatchMetric["statistic"]): CloudWatchMetric => ({
    namespace: "AWS/RDS",
    name,
    statistic,
    dimensions,
  });
  const alarms: MetricAlarmDefinition[] = [
    {
      key: "free-storage",
      description: isAurora
        ? "Little local storage is left: queries that spill to disk will fail. Or the instance sends no metrics at all: is it up?"
        : "Little storage is left: a full volume stops the database. Does storage autoscaling work? Or the instance sends no metrics at all: is it up?",
      metric: rds(isAurora ? "FreeLocalStorage" : "FreeStorageSpace", "Minimum"),
      comparison: "LessThanThreshold",
      threshold: thresholds.freeStorageGib * GIB,
      periodSeconds: FEW_MINUTES,
      periods: 3,
      missingData: "breaching",
    },
    {
      key: "cpu",
      description: "The processor has been busy for a quarter of an hour. Look at the top SQL in Performance Insights.",
      metric: rds("CPUUtilization", "Average"),
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: thresholds.cpuPercent,
      periodSeconds: FEW_MINUTES,
      periods: 3,
      missingData: "missing",
    },
    {
      key: "connections",
      description:
        "Many connections are open: soon new ones are refused. Look for a pool that leaks, or one too many deployed.",
      metric: rds("DatabaseConnections", "Maximum"),
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: thresholds.connections,
      periodSeconds: FEW_MINUTES,
      periods: 2,
      missingData: "missing",
    },
    {
      key: "slot-lag",
      description:
        "A replication slot holds write-ahead log back and will fill the volume. Is its reader alive? Drop a slot that nobody reads.",
      metric: rds("OldestReplicationSlotLag", "Maximum"),
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: thresholds.slotLagGib * GIB,
      periodSeconds: FEW_MINUTES,
      periods: 2,
      missingData: "notBreaching",
    },
    {
      key: "transaction-ids",
      description:
        "Transaction IDs run out: at about 2.1 billion the database stops to write. Does vacuum finish? Look for old transactions, slots and prepared transactions.",
      metric: rds("MaximumUsedTransactionIDs", "Maximum"),
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: thresholds.usedTransactionIds,
      periodSeconds: FEW_MINUTES,
      periods: 1,
      missingData: "missing",
    },
    {
      key: "replica-lag",
      description: "A reader is behind its writer: it answers with old rows, and a failover to it would wait.",
      metric: rds(REPLICA_LAG[kind], "Maximum"),
      comparison: "GreaterThanOrEqualToThreshold",
      // Aurora counts milliseconds.
      threshold: thresholds.replicaLagSeconds * (isAurora ? 1_000 : 1),
      periodSeconds: MINUTE,
      periods: 5,
      missingData: "notBreaching",
    },
    ...(has.gp2 && !isAurora ? [burstBalance(rds("BurstBalance", "Minimum"), thresholds)] : []),
    ...(has.credits ? [cpuCredits(rds("CPUCreditBalance", "Minimum"), thresholds)] : []),
    ...insightAlarms(subject, thresholds),
  ];
  return alarms.map((alarm) => ({ ...alarm, key: `${alarm.key}${suffix}` }));
}

function burstBalance(metric: CloudWatchMetric, thresholds: Thresholds): MetricAlarmDefinition {
  return {
    key: "burst-balance",
    description: "The gp2 volume's burst credit runs out: it falls back to its base rate. Move to gp3.",
    metric,
    comparison: "LessThanThreshold",
    threshold: thresholds.burstBalancePercent,
    periodSeconds: FEW_MINUTES,
    periods: 2,
    missingData: "missing",
  };
}

function cpuCredits(metric: CloudWatchMetric, thresholds: Thresholds): MetricAlarmDefinition {
  return {
    key: "cpu-credits",
    description:
      "The burstable class runs out of CPU credits: surplus ones cost, and then it slows down. Choose a larger class.",
    metric,
    comparison: "LessThanThreshold",
    threshold: thresholds.cpuCredits,
    periodSeconds: FEW_MINUTES,
    periods: 2,
    missingData: "missing",
  };
}
