import type { RegisteredResource } from "./registered-resources.js";

/** An output of another resource that an input was made of. */
export interface Link {
  readonly resource: RegisteredResource;
  readonly attribute: "arn" | "id" | "name";
}

export type FindLink = (resource: RegisteredResource, input: string, value: string) => Link | undefined;

/**
 * Finds what a value of an input refers to: of the resources the engine says the input depends on, the first whose ARN, id or
 * name it is. Those that describe another (a bucket's versioning has the bucket's id) come after it.
 */
export function linksAmong(resources: readonly RegisteredResource[]): FindLink {
  return (resource, input, value) => {
    const urns = new Set(resource.dependencies[input] ?? []);
    const links = resources
      .filter(({ urn }) => urns.has(urn))
      .flatMap((other) => {
        const attribute = attributeOf(other, value);
        return attribute === undefined ? [] : [{ resource: other, attribute }];
      });
    return links[0];
  };
}

function attributeOf({ id, outputs }: RegisteredResource, value: string): Link["attribute"] | undefined {
  if (outputs["arn"] === value) return "arn";
  if (id === value) return "id";
  return outputs["name"] === value ? "name" : undefined;
}
