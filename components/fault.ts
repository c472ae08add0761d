import * as pulumi from "@pulumi/pulumi";

/** One argument that cannot be accepted. */
export interface Fault {
  /** The argument, as the program spells it. */
  readonly property: string;
  /** What was given; undefined where nothing was. */
  readonly value: unknown;
  /** What it may be, with the range: "1 to 35 days". */
  readonly allowed: string;
  /** The way out: "keep at least one day". */
  readonly way: string;
}

/**
 * Refuses to make a component, before any of its children is registered. Nothing happens where there is no fault.
 *
 * @param type the component's class, for example "PersistentDatabase"
 * @throws RunError, which Pulumi prints without a stack trace, with all faults at once, a line each
 */
export function refuse(type: string, name: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  throw cleanError([`${type} "${name}" cannot be deployed:`, ...faults.map(describeFault)].join("\n  "));
}

/** An error that Pulumi prints as its message alone. */
export function cleanError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}

export function describeFault({ property, value, allowed, way }: Fault): string {
  return `${property} is ${describeValue(value)}; allowed: ${allowed}. Way out: ${way.replace(/\.$/, "")}.`;
}

export function describeValue(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
