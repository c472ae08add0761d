import * as pulumi from "@pulumi/pulumi";

/** Events that reach the topic, by an EventBridge rule each. */
export interface EventRuleDefinition {
  /** Of the rule's logical name. */
  readonly key: string;
  readonly description: string;
  readonly pattern: pulumi.Output<string>;
}

/** Source: AWS Backup developer guide, "Monitoring AWS Backup events using Amazon EventBridge"; a restore job has a status, the others a state. */
export function failedBackupRules(vaultArn: pulumi.Input<string>): EventRuleDefinition[] {
  return [
    {
      key: "failed-backup",
      description: "A backup job failed, was aborted, or did not start or end in its window",
      pattern: backupEvent("Backup Job State Change", {
        state: ["FAILED", "ABORTED", "EXPIRED"],
        backupVaultArn: [vaultArn],
      }),
    },
    {
      key: "failed-copy",
      description: "A copy to another region or account failed",
      pattern: backupEvent("Copy Job State Change", { state: ["FAILED"], sourceBackupVaultArn: [vaultArn] }),
    },
  ];
}

export function failedRestoreTestRule(planArn: pulumi.Input<string | undefined>): EventRuleDefinition {
  return {
    key: "failed-restore-test",
    description: "A scheduled restore test failed",
    pattern: backupEvent("Restore Job State Change", {
      status: ["FAILED", "ABORTED"],
      // A BackupPlan without restore tests has none, and nothing then matches.
      restoreTestingPlanArn: [pulumi.output(planArn).apply((arn) => arn ?? "none")],
    }),
  };
}

/** Source: AWS Secrets Manager user guide, "Log AWS Secrets Manager events with AWS CloudTrail", events that are no API calls. */
export function failedRotationRule(secretArns: readonly pulumi.Input<string>[]): EventRuleDefinition {
  const ofSecrets = secretArns.length > 0 && { additionalEventData: { SecretId: secretArns } };
  return {
    key: "failed-rotation",
    description: "Secrets Manager could not rotate a secret",
    pattern: pulumi.jsonStringify({
      source: ["aws.secretsmanager"],
      "detail-type": ["AWS Service Event via CloudTrail"],
      detail: { eventName: ["RotationFailed", "RotationAbandoned", "TestRotationFailed"], ...ofSecrets },
    }),
  };
}

function backupEvent(detailType: string, detail: Record<string, pulumi.Input<string>[]>): pulumi.Output<string> {
  return pulumi.jsonStringify({ source: ["aws.backup"], "detail-type": [detailType], detail });
}
