/** A resource of a stack's exported state, as far as a program that makes it anew needs it. */
export interface DeployedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom: boolean;
  /** `<urn>::<id>` of its provider. */
  readonly provider?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  /** URNs by input. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

/** Resources that a program makes itself: no components, no stack, no default providers. */
export function ownResources(all: readonly DeployedResource[]): DeployedResource[] {
  return all.filter(({ custom, type, urn }) => custom && !(isProvider(type) && nameOf(urn).startsWith("default")));
}

export function isProvider(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}

export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
