import type { Behaviour } from "./behaviour.js";
import { textsOf, type Properties } from "./values.js";

/**
 * Whether the provider asks for the delete to come first: where the physical name was given and not made, since two
 * things cannot have it at once (pulumi-terraform-bridge, pkg/tfbridge/schema.go, `nameRequiresDeleteBeforeReplace`).
 */
export function asksForDeleteFirst(behaviour: Behaviour, inputs: Properties): boolean {
  if (behaviour.deletesBeforeReplace === true) return true;
  if (behaviour.isFramework === true || behaviour.autoname === undefined || !("__defaults" in inputs)) return false;
  const { property } = behaviour.autoname;
  return property in inputs && !textsOf(inputs, "__defaults").includes(property);
}
