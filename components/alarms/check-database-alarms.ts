import type { Fault } from "../fault.js";
import { findThresholdFaults, type Thresholds } from "./alarm-thresholds.js";
import type { DatabaseAlarmsArgs } from "./database-alarms-args.js";

/** All that would leave a database unwatched, or an alarm that nobody hears or that can never speak. */
export function findDatabaseAlarmsFaults(args: DatabaseAlarmsArgs, thresholds: Thresholds): Fault[] {
  const { instanceIdentifiers, instanceResourceIds, clusterIdentifier, keyArn, topicArn, emails = [] } = args;
  const faults: (Fault | false)[] = [
    instanceIdentifiers.length === 0 &&
      clusterIdentifier === undefined && {
        property: "instanceIdentifiers",
        value: [],
        allowed: "at least one, or clusterIdentifier",
        way: "name the database to watch: instanceIdentifiers: [database.identifier]",
      },
    instanceResourceIds !== undefined &&
      instanceResourceIds.length !== instanceIdentifiers.length && {
        property: "instanceResourceIds",
        value: `${instanceResourceIds.length} of them`,
        allowed: `one for each of the ${instanceIdentifiers.length} instanceIdentifiers, in the same order`,
        way: "name them all, or leave them out and with them the alarms on Performance Insights",
      },
    keyArn === undefined &&
      topicArn === undefined && {
        property: "keyArn",
        value: undefined,
        allowed: "the ARN of a customer managed key: alarms cannot publish to a topic with the key of AWS",
        way: "keyArn: key.arn of an EncryptionKey, or topicArn of a topic that is there",
      },
  ];
  return [
    ...faults.filter((fault) => fault !== false),
    ...emails.flatMap((email, position) => emailFaults(email, position, emails)),
    ...findThresholdFaults(thresholds),
  ];
}

function emailFaults(email: string, position: number, emails: readonly string[]): Fault[] {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) && emails.indexOf(email) === position) return [];
  const allowed = "an e-mail address, each once";
  return [{ property: `emails[${position}]`, value: email, allowed, way: "correct it or leave it out" }];
}
