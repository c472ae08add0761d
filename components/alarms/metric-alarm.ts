import type * as pulumi from "@pulumi/pulumi";

/** What an alarm compares, once a period. */
export interface MetricAlarmDefinition {
  /** Of the alarm's logical name. */
  readonly key: string;
  /** What it means and what to look at first, for whoever is woken by it. */
  readonly description: string;
  readonly metric: CloudWatchMetric | PerformanceInsightsCounter;
  readonly comparison: "LessThanThreshold" | "GreaterThanOrEqualToThreshold";
  readonly threshold: number;
  readonly periodSeconds: number;
  /** So many periods in a row. */
  readonly periods: number;
  /** What no data means; the reason stands in the documentation. */
  readonly missingData: "breaching" | "notBreaching" | "missing";
}

export interface CloudWatchMetric {
  readonly namespace: string;
  readonly name: string;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum";
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Reaches CloudWatch by metric math only: DB_PERF_INSIGHTS. */
export interface PerformanceInsightsCounter {
  readonly counter: string;
  readonly resourceId: pulumi.Input<string>;
}

/** What is watched as one: an instance, or a cluster as a whole. */
export interface Subject {
  /** Ends the keys of its alarms; empty for the only one. */
  readonly suffix: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  /** An RDS instance, an instance of an Aurora cluster, or such a cluster as a whole. */
  readonly kind: "instance" | "member" | "cluster";
  /** DbiResourceId. */
  readonly resourceId: pulumi.Input<string> | undefined;
}
