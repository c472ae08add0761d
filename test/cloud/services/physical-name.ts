import { newSuffix } from "../cloud-region.js";
import { textOf, type Properties } from "../values.js";

/** The name given or made, or one from the prefix, as Terraform makes it. */
export function nameOf(inputs: Properties, property = "name", fallback = "terraform-"): string {
  const prefix = textOf(inputs, `${property}Prefix`);
  return textOf(inputs, property) ?? `${prefix ?? fallback}${newSuffix()}`;
}
