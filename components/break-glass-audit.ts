import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import * as pulumi from "@pulumi/pulumi";
import type { BreakGlass } from "./break-glass.js";

/**
 * Writes down who lifted which protection, why and until when, before it is lifted. The record outlives the entry, the
 * component and the stack: nothing here ever deletes it. AWS keeps who called what in CloudTrail; this is the why.
 */
export function auditBreakGlass(
  component: pulumi.ComponentResource,
  child: { readonly name: string; readonly identifier: string },
  entry: BreakGlass,
): Parameter {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const path = [project, stack, child.identifier, entry.expires].map((part) => part.replace(/[^\w.-]+/g, "-"));
  return new Parameter(
    `${child.name}-break-glass-${path[3] ?? ""}`,
    {
      name: `/holdfast/break-glass/${path.join("/")}`,
      type: "String",
      dataType: "text",
      tier: "Standard",
      description: "Holdfast: why the protection of a resource was lifted",
      // Written again by a second deploy with the same entry, it says the same.
      overwrite: true,
      value: JSON.stringify({ project, stack, resource: child.identifier, ...entry }),
    },
    { parent: component, retainOnDelete: true, ignoreChanges: ["region"], deleteBeforeReplace: false },
  );
}
