import type * as pulumi from "@pulumi/pulumi";

/** What every part of a network is made with. */
export interface NetworkContext {
  /** Parent of every child. */
  readonly component: pulumi.ComponentResource;
  /** Prefix of the children's names. */
  readonly name: string;
  /** The tags of a child, with the name by which AWS's console shows it. */
  readonly tagsFor: (part: string) => Record<string, pulumi.Input<string>>;
}
