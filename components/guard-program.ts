import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import type { GuardedComponent } from "./guard-judgement.js";
import { deleteHookOf, MARKER_TYPE, type MarkedResource } from "./marker.js";
import { readSnapshot } from "./read-snapshot.js";
import { rootOf, typeOf } from "./resource-tree.js";

/** What the guards of one run know together: the markers of the last deploy, who is in the program, and the hooks by name. */
export class GuardProgram {
  readonly components: GuardedComponent[] = [];
  private readonly hooks = new Map<string, pulumi.ResourceHook>();
  private readonly resources = readSnapshot();
  private readonly snapshot = this.resources.then(markersIn);
  /** URNs of everything in it. */
  readonly stored: Promise<ReadonlySet<string>> = this.resources.then((found) => new Set(Object.keys(found)));
  /** What the last deploy left in the stack's state. One whose resource never came to be keeps nothing. */
  readonly markers: Promise<readonly MarkedResource[]> = this.snapshot.then((found) =>
    Object.values(found).filter(({ id }) => typeof id === "string" && id !== ""),
  );
  /** By which the state refuses to delete what they mark. */
  readonly deleteHookNames: Promise<readonly string[]> = this.snapshot.then((found) =>
    Object.keys(found).map(deleteHookOf),
  );

  /** The hook of that name, made once: the engine refuses a second, and a marker may ask for it before its component does. */
  hook(name: string, callback: pulumi.ResourceHookFunction): pulumi.ResourceHook {
    const known = this.hooks.get(name);
    if (known !== undefined) return known;
    // The engine calls hooks from outside the program's context, in which its settings and its log are found.
    const hook = new pulumi.ResourceHook(name, AsyncResource.bind(callback), { onDryRun: true });
    this.hooks.set(name, hook);
    return hook;
  }
}

const programs = new WeakMap<object, GuardProgram>();
const pluginPrograms = new Map<string, GuardProgram>();

/** One for all components of a run: of a program by its stack, in a component plugin by the engine it serves. */
export function guardProgramOf(component: pulumi.Resource): GuardProgram {
  const root = rootOf(component);
  if (typeOf(root) === "pulumi:pulumi:Stack") return getOrMake(programs, root);
  const monitor = pulumi.runtime.getMonitor() as unknown as { getChannel(): { getTarget(): string } } | undefined;
  return getOrMake(pluginPrograms, monitor?.getChannel().getTarget() ?? "");
}

function getOrMake<K>(known: Pick<Map<K, GuardProgram>, "get"> & { set(key: K, made: GuardProgram): unknown }, key: K) {
  const present = known.get(key);
  if (present !== undefined) return present;
  const made = new GuardProgram();
  known.set(key, made);
  return made;
}

/** Every marker of the stack's last snapshot, by URN; before the first deploy there is none. */
function markersIn(resources: Awaited<ReturnType<typeof readSnapshot>>): Readonly<Record<string, MarkedResource>> {
  const markers = Object.entries(resources).filter(([, { type }]) => type === MARKER_TYPE);
  return Object.fromEntries(
    markers.map(([urn, { outputs }]) => [urn, { ...(outputs as MarkedResource), marker: urn }]),
  );
}
