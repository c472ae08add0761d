import type { Thresholds } from "./alarm-thresholds.js";
import type { MetricAlarmDefinition, Subject } from "./metric-alarm.js";

const MINUTE = 60;

/** Counters: Amazon RDS user guide, "Performance Insights counters for Amazon RDS for PostgreSQL" and "… operating system counters". */
export function insightAlarms({ resourceId, kind }: Subject, thresholds: Thresholds): MetricAlarmDefinition[] {
  if (resourceId === undefined) return [];
  const counterAlarm = (
    key: string,
    counter: string,
    threshold: number,
    description: string,
  ): MetricAlarmDefinition => ({
    key,
    description,
    metric: { counter, resourceId },
    comparison: "GreaterThanOrEqualToThreshold",
    threshold,
    periodSeconds: MINUTE,
    periods: 5,
    missingData: "notBreaching",
  });
  return [
    counterAlarm(
      "idle-transaction",
      "db.state.idle_in_transaction_max_time.avg",
      thresholds.idleTransactionSeconds,
      "A transaction holds its locks and does nothing: others wait, vacuum cannot clean. Find it in pg_stat_activity, state 'idle in transaction'.",
    ),
    counterAlarm(
      "oldest-transaction",
      "db.Transactions.oldest_running_transaction_xid_age.avg",
      thresholds.openTransactionAge,
      "A transaction has been open while many others came and went: vacuum cannot clean behind it. Find the oldest xact_start in pg_stat_activity.",
    ),
    // The volume of Aurora grows by itself.
    ...(kind !== "instance"
      ? []
      : [
          counterAlarm(
            "used-storage",
            "os.fileSys.usedPercent.avg",
            thresholds.usedStoragePercent,
            "The volume is nearly full, as large as it has grown. Is its largest size reached, or was it changed in the last six hours?",
          ),
        ]),
  ];
}
