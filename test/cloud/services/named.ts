import type { Behaviour } from "../behaviour.js";
import { newSuffix, type CloudRegion } from "../cloud-region.js";
import { textOf, type Properties } from "../values.js";
import { refuseTaken } from "./refuse.js";

/** A type whose id is its name, and which has nothing of its own but an ARN. */
export function named(
  type: string,
  arn: (cloud: CloudRegion, name: string) => string,
  more: Partial<Behaviour> = {},
): Behaviour {
  return {
    autoname: { property: "name" },
    create: ({ cloud, inputs }) => {
      const name = nameOf(inputs);
      refuseTaken(cloud, type, name, "AlreadyExists");
      return { id: name, attributes: { name, arn: arn(cloud, name) } };
    },
    ...more,
  };
}

/** The name given or made, or one from the prefix, as Terraform makes it. */
export function nameOf(inputs: Properties, property = "name", fallback = "terraform-"): string {
  const prefix =
    textOf(inputs, `${property}Prefix`) ?? (property === "name" ? textOf(inputs, "namePrefix") : undefined);
  return textOf(inputs, property) ?? `${prefix ?? fallback}${newSuffix()}`;
}
