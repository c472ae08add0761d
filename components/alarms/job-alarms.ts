import type * as pulumi from "@pulumi/pulumi";
import type { CloudWatchMetric, MetricAlarmDefinition } from "./metric-alarm.js";

const FEW_MINUTES = 300;
const HALF_A_DAY = 43_200;

/** Source: AWS Backup developer guide, "AWS Backup metrics with Amazon CloudWatch". */
export function backupAlarms(vaultName: pulumi.Input<string>): MetricAlarmDefinition[] {
  const jobs = (name: string): CloudWatchMetric => ({
    namespace: "AWS/Backup",
    name,
    statistic: "Sum",
    dimensions: { BackupVaultName: vaultName },
  });
  return [
    {
      key: "backup-failed",
      description: "A backup job failed. Its reason stands in the console of AWS Backup, under Jobs.",
      metric: jobs("NumberOfBackupJobsFailed"),
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      periodSeconds: FEW_MINUTES,
      periods: 1,
      missingData: "notBreaching",
    },
    {
      key: "backup-missing",
      description:
        "No backup has finished in 36 hours. Does the plan still select the database, and does its role still exist?",
      metric: jobs("NumberOfBackupJobsCompleted"),
      comparison: "LessThanThreshold",
      threshold: 1,
      periodSeconds: HALF_A_DAY,
      periods: 3,
      missingData: "breaching",
    },
  ];
}

/** Source: AWS Lambda developer guide, "Types of metrics for Lambda functions". */
export function rotationAlarm(functionName: pulumi.Input<string>, suffix: string): MetricAlarmDefinition {
  return {
    key: `rotation-errors${suffix}`,
    description:
      "A rotation function failed. Secrets Manager tries again; the present password stays valid meanwhile. Its log says why.",
    metric: { namespace: "AWS/Lambda", name: "Errors", statistic: "Sum", dimensions: { FunctionName: functionName } },
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    periodSeconds: FEW_MINUTES,
    periods: 1,
    missingData: "notBreaching",
  };
}
