import type * as aws from "@pulumi/aws/types/input.js";
import type * as pulumi from "@pulumi/pulumi";
import type { BackupPlanSettings } from "./backup-plan-settings.js";

type PlanRule = aws.backup.PlanRule;
type CopyAction = aws.backup.PlanRuleCopyAction;

export interface PlanTargets {
  readonly vaultName: pulumi.Input<string>;
  /** Of the vault in the second region, where there is one. */
  readonly copyVaultArn: pulumi.Input<string> | undefined;
  /** Tags of every recovery point. */
  readonly recoveryPointTags: Record<string, pulumi.Input<string>>;
}

/** The daily rule, and the continuous one where it is asked for. AWS Backup admits one continuous rule, and copies it only as a snapshot. */
export function planRules(settings: BackupPlanSettings, targets: PlanTargets): PlanRule[] {
  const daily = {
    ...sharedRule(settings, targets),
    ruleName: "daily",
    enableContinuousBackup: false,
    lifecycle: lifecycleOf(settings, settings.retentionDays),
    copyActions: copyActions(settings, targets),
  };
  if (!settings.continuousBackup) return [daily];
  const continuous = {
    ...sharedRule(settings, targets),
    ruleName: "continuous",
    enableContinuousBackup: true,
    lifecycle: { deleteAfter: settings.continuousRetentionDays },
  };
  return [daily, continuous];
}

function sharedRule(settings: BackupPlanSettings, { vaultName, recoveryPointTags }: PlanTargets) {
  return {
    targetVaultName: vaultName,
    schedule: settings.schedule,
    scheduleExpressionTimezone: settings.scheduleTimezone,
    startWindow: settings.startWindowMinutes,
    completionWindow: settings.completionWindowMinutes,
    recoveryPointTags,
  };
}

function copyActions(settings: BackupPlanSettings, { copyVaultArn }: PlanTargets): CopyAction[] {
  const { regionCopy, accountCopy } = settings;
  const toRegion =
    regionCopy === undefined || copyVaultArn === undefined
      ? []
      : [{ destinationVaultArn: copyVaultArn, lifecycle: lifecycleOf(settings, regionCopy.retentionDays) }];
  const toAccount =
    accountCopy === undefined
      ? []
      : [{ destinationVaultArn: accountCopy.vaultArn, lifecycle: lifecycleOf(settings, accountCopy.retentionDays) }];
  return [...toRegion, ...toAccount];
}

function lifecycleOf({ coldStorageAfterDays }: BackupPlanSettings, retentionDays: number) {
  return {
    deleteAfter: retentionDays,
    ...(coldStorageAfterDays !== undefined && { coldStorageAfter: coldStorageAfterDays }),
  };
}
