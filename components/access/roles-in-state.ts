import * as pulumi from "@pulumi/pulumi";

interface StackResources {
  readonly outputs?: Readonly<Record<string, { readonly type: string; readonly outputs: unknown }>>;
}

/** The roles that the last deploy of this stack left in its state as resources of the postgresql provider, by their names. */
export async function rolesInState(): Promise<ReadonlySet<string>> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const read: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const resources = Object.values((read as StackResources).outputs ?? {});
  const roles = resources.filter(({ type }) => type === "postgresql:index/role:Role");
  return new Set(roles.map(({ outputs }) => String((outputs as { readonly name?: unknown } | undefined)?.name)));
}
