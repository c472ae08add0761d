import * as pulumi from "@pulumi/pulumi";

/** What a marker keeps of a guarded resource. */
export interface MarkedResource {
  /** Physical id: of an RDS instance its DbiResourceId, of a cluster its identifier, of a key its key id. */
  readonly id: string;
  /** The guarded resource's URN. */
  readonly resource: string;
  /** The marker's own URN; not kept, but where it was found. */
  readonly marker: string;
  /** Its type token. */
  readonly type: string;
  /** Its name in AWS, or in the stack where it has none. */
  readonly identifier: string;
  /** The component's URN, class and name. */
  readonly component: string;
  readonly componentType: string;
  readonly componentName: string;
  /** What of the child's name follows the component's. */
  readonly slot: string;
  /** "full" or "ephemeral". */
  readonly protection: string;
  /** Set while break-glass has lifted the protections: until when, ISO 8601. */
  readonly liftedUntil?: string;
}

const SUFFIX = "-marker";

export function markerName(childName: string): string {
  return `${childName}${SUFFIX}`;
}

/**
 * The name under which the state knows the hook that refuses a child's delete, and its marker's. Where no program runs, as in
 * a plain \`pulumi destroy\`, the engine refuses by naming the hook: so the name says where the way is.
 */
export function deleteHookName(componentType: string, childName: string): string {
  return `holdfast:${componentType}:${childName}:delete (the way is in docs/break-glass.md)`;
}

/** The same, from the marker's URN: also one that a killed deploy left empty must not go unnoticed. */
export function deleteHookOf(markerUrn: string): string {
  const [, , types = "", name = ""] = markerUrn.split("::");
  const component = types.split("$").at(-2) ?? "";
  return deleteHookName(component.split(":").at(-1) ?? "", name.slice(0, -SUFFIX.length));
}

export const MARKER_TYPE = "holdfast:index:Marker";

/** What a marker is given to keep, some of it known only after the deploy. */
export type MarkedOutputs = Record<Exclude<keyof MarkedResource, "marker">, unknown>;

/**
 * Keeps in the stack's state which resource was guarded. A refresh that does not find a database forgets it, options, hooks
 * and all; it never touches a component. So the next deploy can tell a lost database from one that never was.
 */
export class Marker extends pulumi.ComponentResource {
  constructor(name: string, keeps: MarkedOutputs, opts: pulumi.ComponentResourceOptions) {
    super(MARKER_TYPE, name, {}, opts);
    this.registerOutputs(keeps);
  }
}
