import * as pulumi from "@pulumi/pulumi";

/** Keys and values of AWS tags: at most 50 on a resource, keys of 1 to 128 characters, values of up to 256. */
export type Tags = Record<string, pulumi.Input<string>>;

/**
 * The tags of a component's resources: the program's, and over them our own, by which bills, restores and people find what
 * belongs together.
 */
export function tagsOf(name: string, tags: Tags = {}): Record<string, pulumi.Input<string>> {
  return {
    ...tags,
    "holdfast:component": name,
    "holdfast:project": pulumi.getProject(),
    "holdfast:stack": pulumi.getStack(),
  };
}
