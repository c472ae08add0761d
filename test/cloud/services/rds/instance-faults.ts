/** What the provider's own check says of an instance or a cluster (terraform-provider-aws, rds/instance.go and rds/validate.go). */
import type { Fault } from "../../behaviour.js";
import { isZero, numberOf, textOf, UNKNOWN, type Properties } from "../../values.js";
import { windowFaults } from "./windows.js";

export function instanceFaults(inputs: Properties): Fault[] {
  return [
    ...identifierFaults(inputs, "identifier"),
    ...rangeFaults(inputs, "backupRetentionPeriod", 0, 35),
    ...rangeFaults(inputs, "port", 0, 65_535),
    ...oneOfFaults(inputs, "monitoringInterval", [0, 1, 5, 10, 15, 30, 60]),
    ...insightsFaults(inputs),
    ...keyFaults(inputs, ["kmsKeyId", "performanceInsightsKmsKeyId"]),
    ...passwordFaults(inputs, "password", "passwordWo"),
    ...windowFaults(inputs, "backupWindow", "maintenanceWindow"),
    ...snapshotNameFaults(inputs),
  ];
}

export function identifierFaults(inputs: Properties, property: string): Fault[] {
  const name = textOf(inputs, property);
  if (name === undefined) return [];
  const rules: readonly (readonly [boolean, string])[] = [
    [/^[0-9a-z-]+$/.test(name), `only lowercase alphanumeric characters and hyphens allowed in "${property}"`],
    [/^[a-z]/.test(name), `first character of "${property}" must be a letter`],
    [!name.includes("--"), `"${property}" cannot contain two consecutive hyphens`],
    [!name.endsWith("-"), `"${property}" cannot end with a hyphen`],
  ];
  return rules.filter(([isMet]) => !isMet).map(([, reason]) => ({ property, reason }));
}

export function rangeFaults(inputs: Properties, property: string, low: number, high: number): Fault[] {
  const value = numberOf(inputs, property);
  if (value === undefined || (value >= low && value <= high)) return [];
  return [{ property, reason: `expected ${property} to be in the range (${low} - ${high}), got ${value}` }];
}

export function oneOfFaults(inputs: Properties, property: string, allowed: readonly unknown[]): Fault[] {
  const value = inputs[property];
  if (value === undefined || value === UNKNOWN || allowed.includes(value)) return [];
  return [
    { property, reason: `expected ${property} to be one of ${JSON.stringify(allowed)}, got ${JSON.stringify(value)}` },
  ];
}

/** 7 days, 731, or whole months. */
export function insightsFaults(inputs: Properties): Fault[] {
  const property = "performanceInsightsRetentionPeriod";
  const days = numberOf(inputs, property);
  if (days === undefined || days === 0 || days === 7 || days === 731 || days % 31 === 0) return [];
  return [{ property, reason: `expected ${property} to be 7, 731 or a multiple of 31, got ${days}` }];
}

export function keyFaults(inputs: Properties, properties: readonly string[]): Fault[] {
  return properties
    .filter((property) => textOf(inputs, property)?.startsWith("arn:") === false)
    .map((property) => ({
      property,
      reason: `"${property}" (${String(inputs[property])}) is an invalid ARN: arn: invalid prefix`,
    }));
}

export function passwordFaults(inputs: Properties, password: string, writeOnly: string): Fault[] {
  const given = [password, writeOnly, "manageMasterUserPassword"].filter((name) => !isZero(inputs[name]));
  const [first, second] = given;
  if (first === undefined || second === undefined) return [];
  return [{ property: first, reason: `"${first}": conflicts with ${second}` }];
}

export function snapshotNameFaults(inputs: Properties): Fault[] {
  const property = "finalSnapshotIdentifier";
  const name = textOf(inputs, property);
  if (name === undefined || (/^[A-Za-z][0-9A-Za-z-]*$/.test(name) && !name.includes("--") && !name.endsWith("-")))
    return [];
  return [{ property, reason: `only alphanumeric characters and hyphens allowed in "${property}", got ${name}` }];
}
