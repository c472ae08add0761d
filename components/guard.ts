import * as pulumi from "@pulumi/pulumi";
import { isExpired, type BreakGlass } from "./break-glass.js";
import { cleanError } from "./fault.js";
import {
  judgeCreate,
  judgeDelete,
  judgeRegistration,
  type GuardedComponent,
  type Situation,
} from "./guard-judgement.js";
import { freeHookName } from "./hook-names.js";
import { guardProgramOf, type GuardProgram } from "./guard-program.js";
import { Marker, type MarkedResource } from "./marker.js";
import { registered, typeOf, urnsOf } from "./resource-tree.js";

export type { BreakGlass } from "./break-glass.js";

export interface GuardArgs {
  /** "full": no deploy replaces, deletes or forgets what is guarded. "ephemeral": a review stack's, which may be destroyed. @default "full" */
  readonly protection?: string | undefined;
  /** What may be deleted all the same, in a later deploy. @default nothing */
  readonly breakGlass?: BreakGlass[] | undefined;
}

/** A child to guard: its logical name, or with it the name that AWS and people know it by. */
export type GuardedChild = string | { readonly name: string; readonly identifier: string };

/**
 * Guards the children of one component that hold data: databases, keys, secrets, vaults, buckets. Each guard alone was seen
 * to fail, hence all together, on every child by the one function `options`.
 */
export class Guard {
  readonly isEphemeral: boolean;
  private readonly program: GuardProgram;
  private readonly owner: GuardedComponent;
  private readonly entries: readonly BreakGlass[];
  private readonly identifiers = new Map<string, string>();

  constructor(
    private readonly component: pulumi.ComponentResource,
    private readonly name: string,
    args: GuardArgs,
  ) {
    this.isEphemeral = args.protection === "ephemeral";
    this.entries = (args.breakGlass ?? []).filter(({ expires }) => !isExpired(expires));
    this.program = guardProgramOf(component);
    const type = typeOf(component).split(":").at(-1) ?? "";
    this.owner = { type, name, breakGlass: this.entries, urns: undefined };
    this.program.components.push(this.owner);
    void urnsOf(component).then((urns) => (this.owner.urns = urns));
  }

  /**
   * Options of a child that must never be replaced, deleted or forgotten.
   *
   * @param pinned every input whose change makes the provider replace it: REPLACING_INPUTS has them by type
   */
  options(
    child: GuardedChild,
    pinned: readonly string[],
    more: pulumi.CustomResourceOptions = {},
  ): pulumi.CustomResourceOptions {
    const { name, identifier } = typeof child === "string" ? { name: child, identifier: child } : child;
    this.identifiers.set(name, identifier);
    const shared = {
      ...more,
      parent: this.component,
      ignoreChanges: [...pinned, ...(more.ignoreChanges ?? [])],
      // An explicit name makes the provider ask to delete first; then the old one would be gone before the new one fails.
      deleteBeforeReplace: false,
      dependsOn: pulumi.output(more.dependsOn ?? []).apply((given) => this.admit(name, more.import, given)),
    };
    if (this.isEphemeral) return shared;
    const isLifted = this.isLifted(identifier) || this.isLifted(name);
    return {
      ...shared,
      protect: !isLifted,
      retainOnDelete: !isLifted,
      hooks: {
        ...more.hooks,
        beforeCreate: [...(more.hooks?.beforeCreate ?? []), this.createHook(name)],
        beforeDelete: [...(more.hooks?.beforeDelete ?? []), this.deleteHook(name)],
      },
    };
  }

  /** Whether break-glass names it; then AWS's own protection is lifted, too. */
  isLifted(id: string): boolean {
    return this.liftOf([id]) !== undefined;
  }

  /** Registers the marker of a child, after it; a refresh that forgets the child leaves the marker. */
  mark(childName: string, resource: pulumi.CustomResource): void {
    const identifier = this.identifiers.get(childName) ?? childName;
    const lift = this.liftOf([childName, identifier]);
    const keeps: Record<keyof MarkedResource, unknown> = {
      id: resource.id,
      resource: resource.urn,
      type: typeOf(resource),
      identifier,
      component: this.component.urn,
      componentType: this.owner.type,
      componentName: this.name,
      slot: this.slotOf(childName),
      protection: this.isEphemeral ? "ephemeral" : "full",
      deleteHook: this.deleteHookName(childName),
      liftedUntil: lift?.expires,
    };
    const guards = this.isEphemeral
      ? {}
      : { protect: lift === undefined, hooks: { beforeDelete: [this.deleteHook(childName)] } };
    new Marker(`${childName}-marker`, keeps, { parent: this.component, ...guards });
  }

  private liftOf(names: readonly string[]): BreakGlass | undefined {
    return this.entries.find(({ id }) => names.includes(id));
  }

  /** What of a child's name stays when its component is renamed. */
  private slotOf(childName: string): string {
    return childName.startsWith(this.name) ? childName.slice(this.name.length) : childName;
  }

  private async situation(): Promise<Situation> {
    return { markers: await this.program.markers, components: this.program.components, nowMs: Date.now() };
  }

  /** Lets a child be registered only when that takes nothing from the one the last deploy left; else the run fails here. */
  private async admit<T>(childName: string, importId: string | undefined, given: T): Promise<T> {
    const situation = await this.situation();
    await this.registerHooksOfOthers(situation);
    const child = { slot: this.slotOf(childName), isEphemeral: this.isEphemeral, importId };
    const refusal = judgeRegistration(this.owner, child, situation);
    if (refusal !== undefined) throw cleanError(refusal);
    return given;
  }

  /** A component that left the program can register no hook; without it the engine refuses the delete in words of its own. */
  private async registerHooksOfOthers({ markers }: Situation): Promise<void> {
    const names = markers.map(({ deleteHook }) => deleteHook).filter((name) => name !== "");
    await Promise.all(names.map((name) => registered(this.program.hook(name, this.refuseDelete))));
  }

  private readonly refuseDelete = async ({ urn, id, type }: pulumi.ResourceHookArgs): Promise<void> => {
    const refusal = judgeDelete({ urn, id, type }, await this.situation());
    if (refusal !== undefined) throw new Error(refusal);
  };

  private deleteHook(childName: string): pulumi.ResourceHook {
    return this.program.hook(this.deleteHookName(childName), this.refuseDelete);
  }

  private deleteHookName(childName: string): string {
    return `holdfast:${this.owner.type}:${this.name}:${childName}:delete`;
  }

  private createHook(childName: string): pulumi.ResourceHook {
    const check = async ({ urn, type }: pulumi.ResourceHookArgs): Promise<void> => {
      const refusal = judgeCreate({ urn, type }, this.owner, this.slotOf(childName), await this.situation());
      if (refusal !== undefined) throw new Error(refusal);
    };
    const name = freeHookName(`holdfast:${this.owner.type}:${this.name}:${childName}:create`);
    return this.program.hook(name, check);
  }
}
