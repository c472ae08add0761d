/** What the SDK knows of a resource at once, without waiting for the engine, and does not declare. */
import * as pulumi from "@pulumi/pulumi";

export function rootOf(resource: pulumi.Resource): pulumi.Resource {
  const parent = Reflect.get(resource, "__parentResource") as pulumi.Resource | undefined;
  return parent === undefined ? resource : rootOf(parent);
}

/** Its type token. */
export function typeOf(resource: pulumi.Resource): string {
  return Reflect.get(resource, "__pulumiType") as string;
}

/** Every URN it has or had: its own and those of its aliases. */
export async function urnsOf(resource: pulumi.Resource): Promise<string[]> {
  const aliases = (Reflect.get(resource, "__aliases") ?? []) as pulumi.Input<string>[];
  return Promise.all([resource.urn, ...aliases].map(resolved));
}

function resolved(value: pulumi.Input<string>): Promise<string> {
  return new Promise((resolve) => pulumi.output(value).apply(resolve));
}

/** The moment the hook of a resource is known to the engine. */
export async function registered(hook: pulumi.ResourceHook): Promise<void> {
  await (Reflect.get(hook, "__registered") as Promise<void>);
}
