import type { Deployment } from "@pulumi/pulumi/automation/index.js";

/** A resource of a provider as a stack's state has it. */
export interface RegisteredResource {
  /** For example `aws:rds/instance:Instance`. */
  readonly type: string;
  /** Its logical name. */
  readonly name: string;
  readonly urn: string;
  readonly id: string;
  /** As the program gave them, defaults of the provider left out. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** By input, the URNs of the resources whose outputs went into it. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  /** Whether it stays in AWS when the program leaves it out. */
  readonly isRetained: boolean;
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom?: boolean;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly propertyDependencies?: Record<string, string[] | null>;
  readonly retainOnDelete?: boolean;
}

/** All resources of AWS that a program registered, in order. */
export function registeredResources(state: Deployment): RegisteredResource[] {
  const { resources = [] } = state.deployment as { resources?: StateResource[] };
  return resources
    .filter(({ type, custom }) => custom === true && type.startsWith("aws:"))
    .map((resource) => ({
      type: resource.type,
      name: resource.urn.split("::").at(-1) ?? "",
      urn: resource.urn,
      id: resource.id ?? "",
      inputs: withoutDefaults(resource.inputs ?? {}),
      outputs: resource.outputs ?? {},
      dependencies: dependenciesOf(resource),
      isRetained: resource.retainOnDelete === true,
    }));
}

function dependenciesOf({ propertyDependencies = {} }: StateResource): RegisteredResource["dependencies"] {
  return Object.fromEntries(Object.entries(propertyDependencies).map(([input, urns]) => [input, urns ?? []]));
}

/** The provider lists under `__defaults` what it filled in itself. */
function withoutDefaults(inputs: Record<string, unknown>): Record<string, unknown> {
  const filled = (inputs["__defaults"] ?? []) as string[];
  const entries = Object.entries(inputs).filter(
    ([key]) => key !== "__defaults" && key !== "tagsAll" && !filled.includes(key),
  );
  return Object.fromEntries(entries);
}
