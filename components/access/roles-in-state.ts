import { readSnapshot } from "../read-snapshot.js";

/** Names of the roles that this component left in the stack's state as resources of the postgresql provider. */
export async function rolesInState(component: string): Promise<ReadonlySet<string>> {
  const roles = Object.entries(await readSnapshot()).filter(
    ([urn, { type }]) =>
      type === "postgresql:index/role:Role" && urn.split("::").at(-1)?.startsWith(`${component}-role-`),
  );
  return new Set(roles.map(([, { outputs }]) => String((outputs as { readonly name?: unknown } | undefined)?.name)));
}
