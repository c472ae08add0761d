import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { auditBreakGlass } from "./break-glass-audit.js";
import { isExpired, type BreakGlass } from "./break-glass.js";
import {
  judgeComponentCreate,
  judgeCreate,
  judgeDelete,
  judgeRegistration,
  type GuardedComponent,
  type Situation,
} from "./guard-judgement.js";
import { freeHookName } from "./hook-names.js";
import { guardProgramOf, type GuardProgram } from "./guard-program.js";
import { deleteHookName, Marker, markerName, type MarkedOutputs } from "./marker.js";
import { takePendingCheck } from "./pinned-inputs.js";
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

type KeepingOptions = Pick<Required<pulumi.CustomResourceOptions>, "transforms" | "hooks">;

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
    this.owner = { type, name, breakGlass: this.entries, urns: undefined, members: [] };
    this.program.components.push(this.owner);
    takePendingCheck(type, name)?.((attempt) => this.judgeComponent(attempt));
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
      dependsOn: pulumi.output(more.dependsOn ?? []).apply((given) => this.afterHooksOfOthers([given].flat())),
    };
    const keeps: Partial<KeepingOptions> =
      this.isEphemeral || more.import !== undefined ? this.keepWhatIsMarked(name, more) : {};
    if (this.isEphemeral) return { ...shared, ...keeps };
    const lift = this.liftOf([identifier, name]);
    const audit = lift && auditBreakGlass(this.component, { name, identifier }, lift);
    return {
      ...shared,
      ...keeps,
      ...(audit !== undefined && { dependsOn: shared.dependsOn.apply((given) => [...given, audit]) }),
      protect: lift === undefined,
      retainOnDelete: lift === undefined,
      hooks: {
        ...(keeps.hooks ?? more.hooks ?? {}),
        beforeCreate: [...(more.hooks?.beforeCreate ?? []), this.createHook(name)],
        beforeDelete: [...(more.hooks?.beforeDelete ?? []), this.deleteHook(name)],
      },
    };
  }

  /**
   * Options of a member of a guarded cluster, which holds no data and serves it: it goes when the program wants fewer, or with the
   * cluster, but not before a cluster that is then refused.
   */
  memberOptions(clusterChild: string, member: string, pinned: readonly string[]): pulumi.CustomResourceOptions {
    this.owner.members.push(member);
    return {
      parent: this.component,
      ignoreChanges: [...pinned],
      deleteBeforeReplace: false,
      ...(!this.isEphemeral && { hooks: { beforeDelete: [this.deleteHook(clusterChild)] } }),
    };
  }

  /** Whether break-glass names it; then AWS's own protection is lifted, too. */
  isLifted(id: string): boolean {
    return this.liftOf([id]) !== undefined;
  }

  /** The break-glass entry that names it, by any of these names, and has not expired. */
  liftOf(names: readonly string[]): BreakGlass | undefined {
    return this.entries.find(({ id }) => names.includes(id));
  }

  /** Registers the marker of a child, after it; a refresh that forgets the child leaves the marker. */
  mark(childName: string, resource: pulumi.CustomResource): void {
    const identifier = this.identifiers.get(childName) ?? childName;
    const seen = { id: resource.id, resource: resource.urn, type: typeOf(resource) };
    this.createMarker({ name: childName, identifier }, seen, [resource]);
  }

  /** Keeps the marker of a child that is gone from AWS and from the state: nothing is registered in its place. */
  markLost(child: { readonly name: string; readonly identifier: string }, type: string, id: string): void {
    this.createMarker(child, { id, resource: "", type }, []);
  }

  private createMarker(
    { name, identifier }: { readonly name: string; readonly identifier: string },
    seen: Pick<MarkedOutputs, "id" | "resource" | "type">,
    dependsOn: pulumi.Resource[],
  ): void {
    const lift = this.liftOf([name, identifier]);
    const keeps: MarkedOutputs = {
      ...seen,
      identifier,
      component: this.component.urn,
      componentType: this.owner.type,
      componentName: this.name,
      slot: this.slotOf(name),
      protection: this.protectionOf(name),
      liftedUntil: lift?.expires,
    };
    const guards = this.isEphemeral
      ? {}
      : { protect: lift === undefined, hooks: { beforeDelete: [this.deleteHook(name)] } };
    new Marker(markerName(name), keeps, { parent: this.component, dependsOn, ...guards });
  }

  /** A renamed component is stopped before it is made: what a failed deploy left of it would stand in the alias's way. */
  private async judgeComponent({ urn }: pulumi.ResourceHookArgs): Promise<string | undefined> {
    if (this.isEphemeral) return undefined;
    return judgeComponentCreate({ ...this.owner, urns: this.owner.urns ?? [urn] }, await this.situation());
  }

  /** What of a child's name stays when its component is renamed. */
  private slotOf(childName: string): string {
    return childName.startsWith(this.name) ? childName.slice(this.name.length) : childName;
  }

  private async situation(): Promise<Situation> {
    const { markers, stored, components } = this.program;
    return { markers: await markers, stored: await stored, components, nowMs: Date.now() };
  }

  /**
   * A child that would take the place or the protections of what the last deploy marked stays as it was, and the run fails.
   * The component's own check says the same earlier; this one also holds where a flag keeps the engine from looking at it.
   */
  private keepWhatIsMarked(childName: string, more: pulumi.CustomResourceOptions): KeepingOptions {
    const judge = () => this.judgeChild(childName, more.import);
    const keep: pulumi.ResourceTransform = async ({ props, opts }) => {
      const refusal = await judge();
      if (refusal === undefined) return undefined;
      await pulumi.log.error(refusal, this.component);
      return { props, opts: { ...opts, protect: true, retainOnDelete: true, import: "" } };
    };
    const stop = async (): Promise<void> => {
      const refusal = await judge();
      if (refusal !== undefined) throw new Error(refusal);
    };
    const name = freeHookName(`holdfast:${this.owner.type}:${childName}:update`);
    // The engine calls both from outside the program's context, in which its settings and its log are found.
    return {
      transforms: [...(more.transforms ?? []), AsyncResource.bind(keep)],
      hooks: { ...more.hooks, beforeUpdate: [...(more.hooks?.beforeUpdate ?? []), this.program.hook(name, stop)] },
    };
  }

  private async judgeChild(childName: string, importId: string | undefined): Promise<string | undefined> {
    const child = { slot: this.slotOf(childName), isEphemeral: this.isEphemeral, importId };
    return judgeRegistration(this.owner, child, await this.situation());
  }

  /** What a marker says: also after a deploy that was refused to lower it. */
  private async protectionOf(childName: string): Promise<string> {
    const isRefused = (await this.judgeChild(childName, undefined)) !== undefined;
    return this.isEphemeral && !isRefused ? "ephemeral" : "full";
  }

  /** A component that left the program can register no hook; without it the engine refuses the delete in words of its own. */
  private async afterHooksOfOthers(given: pulumi.Resource[]): Promise<pulumi.Resource[]> {
    const names = await this.program.deleteHookNames;
    await Promise.all(names.map((name) => registered(this.program.hook(name, this.refuseDelete))));
    return given;
  }

  private readonly refuseDelete = async ({ urn, id, type }: pulumi.ResourceHookArgs): Promise<void> => {
    const refusal = judgeDelete({ urn, id, type }, await this.situation());
    if (refusal !== undefined) throw new Error(refusal);
  };

  private deleteHook(childName: string): pulumi.ResourceHook {
    return this.program.hook(this.deleteHookName(childName), this.refuseDelete);
  }

  private deleteHookName(childName: string): string {
    return deleteHookName(this.owner.type, childName);
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
