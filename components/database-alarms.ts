import * as pulumi from "@pulumi/pulumi";
import { createAlarmTopic, subscribeEmails } from "./alarms/alarm-topic.js";
import { settleThresholds } from "./alarms/alarm-thresholds.js";
import { findDatabaseAlarmsFaults } from "./alarms/check-database-alarms.js";
import {
  createEventRule,
  createEventSubscription,
  createMetricAlarm,
  type AlarmContext,
} from "./alarms/create-alarms.js";
import type { DatabaseAlarmsArgs } from "./alarms/database-alarms-args.js";
import { failedBackupRules, failedRestoreTestRule, failedRotationRule } from "./alarms/event-rules.js";
import { eventSubscriptions } from "./alarms/event-subscriptions.js";
import { backupAlarms, rotationAlarm } from "./alarms/job-alarms.js";
import type { MetricAlarmDefinition, Subject } from "./alarms/metric-alarm.js";
import { subjectAlarms } from "./alarms/subject-alarms.js";
import { refuse } from "./fault.js";
import { tagsOf } from "./tags.js";

export type { AlarmThresholds, DatabaseAlarmsArgs } from "./alarms/database-alarms-args.js";

const CLASS = "DatabaseAlarms";

/**
 * Alarms on a database, its backups, its restore tests and the rotation of its secrets, and the events of RDS: all to one
 * topic. Nothing here holds data; every argument can change in place.
 *
 * @throws RunError with every argument that would leave the database unwatched, before anything is made
 */
export class DatabaseAlarms extends pulumi.ComponentResource {
  /** Where everything is told; of this component, or the given one. */
  readonly topicArn: pulumi.Output<string>;
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: DatabaseAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    const thresholds = settleThresholds(args.thresholds);
    refuse(CLASS, name, findDatabaseAlarmsFaults(args, thresholds));
    super(`holdfast:index:${CLASS}`, name, args, opts);
    const tags = tagsOf(name, args.tags);
    this.topicArn =
      args.topicArn === undefined
        ? createAlarmTopic(this, name, args.keyArn ?? "", tags)
        : pulumi.output(args.topicArn);
    const context = { component: this, name, topicArn: this.topicArn, tags };
    subscribeEmails(this, name, this.topicArn, args.emails ?? []);

    const has = { gp2: args.storageType === "gp2", credits: /^db\.t\d/.test(args.instanceClass ?? "") };
    const definitions = [
      ...subjectsOf(args).flatMap((subject) => subjectAlarms(subject, thresholds, has)),
      ...jobAlarms(args),
    ];
    const alarms = definitions.map((definition) => createMetricAlarm(context, definition));
    createEvents(context, args);

    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ topicArn: this.topicArn, alarmNames: this.alarmNames });
  }
}

/** Each instance; or the cluster as a whole where its instances are not named. */
function subjectsOf({
  instanceIdentifiers,
  instanceResourceIds = [],
  clusterIdentifier,
}: DatabaseAlarmsArgs): Subject[] {
  if (instanceIdentifiers.length === 0 && clusterIdentifier !== undefined) {
    const dimensions = { DBClusterIdentifier: clusterIdentifier };
    return [{ suffix: "", dimensions, kind: "cluster", resourceId: undefined }];
  }
  return instanceIdentifiers.map((identifier, position) => ({
    suffix: suffixOf(position),
    dimensions: { DBInstanceIdentifier: identifier },
    kind: clusterIdentifier === undefined ? "instance" : "member",
    resourceId: instanceResourceIds[position],
  }));
}

function jobAlarms({ backupVaultArn, rotationFunctionNames = [] }: DatabaseAlarmsArgs): MetricAlarmDefinition[] {
  return [
    ...(backupVaultArn === undefined ? [] : backupAlarms(pulumi.output(backupVaultArn).apply(vaultNameOf))),
    ...rotationFunctionNames.map((functionName, position) => rotationAlarm(functionName, suffixOf(position))),
  ];
}

function createEvents(context: AlarmContext, args: DatabaseAlarmsArgs): void {
  const { backupVaultArn, restoreTestingPlanArn, secretArns = [], clusterIdentifier } = args;
  const rules = [
    ...(backupVaultArn === undefined ? [] : failedBackupRules(backupVaultArn)),
    ...(restoreTestingPlanArn === undefined ? [] : [failedRestoreTestRule(restoreTestingPlanArn)]),
    failedRotationRule(secretArns),
  ];
  for (const rule of rules) createEventRule(context, rule);
  for (const subscription of eventSubscriptions(clusterIdentifier !== undefined)) {
    createEventSubscription(context, subscription);
  }
}

/** The first has none, so that a second beside it renames nothing. */
function suffixOf(position: number): string {
  return position === 0 ? "" : `-${position + 1}`;
}

/** `arn:aws:backup:<region>:<account>:backup-vault:<name>` */
function vaultNameOf(arn: string): string {
  return arn.split(":").at(-1) ?? "";
}
