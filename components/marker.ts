import * as pulumi from "@pulumi/pulumi";

/** What a marker keeps of a guarded resource. */
export interface MarkedResource {
  /** Physical id: of an RDS instance its DbiResourceId, of a cluster its identifier, of a key its key id. */
  readonly id: string;
  /** The guarded resource's URN. */
  readonly resource: string;
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
  /** The name under which the state knows the hook that refuses the delete. */
  readonly deleteHook: string;
  /** Set while break-glass has lifted the protections: until when, ISO 8601. */
  readonly liftedUntil?: string;
}

export const MARKER_TYPE = "holdfast:index:Marker";

/**
 * Keeps in the stack's state which resource was guarded. A refresh that does not find a database forgets it, options, hooks
 * and all; it never touches a component. So the next deploy can tell a lost database from one that never was.
 */
export class Marker extends pulumi.ComponentResource {
  constructor(name: string, keeps: Record<keyof MarkedResource, unknown>, opts: pulumi.ComponentResourceOptions) {
    super(MARKER_TYPE, name, {}, opts);
    this.registerOutputs(keeps);
  }
}
