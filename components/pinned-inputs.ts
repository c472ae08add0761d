import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { describeValue } from "./fault.js";
import { freeHookName } from "./hook-names.js";

/** A line for each change that is refused. */
export type ChangeRule = (
  oldInputs: Readonly<Record<string, unknown>>,
  newInputs: Readonly<Record<string, unknown>>,
) => string[];

/**
 * Options for a component whose named arguments cannot change in place. A deploy that changes one fails, in the preview as
 * in `up`, with the property, the present value, the wish and the way that works, before any child is looked at.
 *
 * The check stands on the component, since a child whose `ignoreChanges` hides the difference is never updated.
 *
 * @param type the component's class, for example "EncryptionKey"
 * @param ways by argument, the way to what the change was meant for, as a sentence
 * @param others more lines, for changes that depend on more than one argument
 */
export function pinnedOptions(
  type: string,
  name: string,
  ways: Readonly<Record<string, string>>,
  opts: pulumi.ComponentResourceOptions = {},
  others: ChangeRule = () => [],
): pulumi.ComponentResourceOptions {
  const check = ({ oldInputs = {}, newInputs = {} }: pulumi.ResourceHookArgs): void => {
    const changes = [...changedPins(ways, oldInputs, newInputs), ...others(oldInputs, newInputs)];
    if (changes.length === 0) return;
    throw new Error([`${type} "${name}" cannot be changed in place:`, ...changes].join("\n  "));
  };
  const hooked = withUpdateHook(opts, `holdfast:${type}:${name}:pinned`, check);
  const create = new pulumi.ResourceHook(freeHookName(`holdfast:${type}:${name}:new`), pendingCheck(type, name), {
    onDryRun: true,
  });
  return { ...hooked, hooks: { ...hooked.hooks, beforeCreate: [...(hooked.hooks?.beforeCreate ?? []), create] } };
}

/** Why the component is not made; undefined where it may be. */
type ComponentCheck = (args: pulumi.ResourceHookArgs) => Promise<string | undefined>;

const pending = new Map<string, (check: ComponentCheck) => void>();

/** A hook on a component must be known before its guard is; the guard fills in the check. */
function pendingCheck(type: string, name: string): pulumi.ResourceHookFunction {
  let check: ComponentCheck | undefined;
  pending.set(`${type}:${name}`, (given) => (check = given));
  return AsyncResource.bind(async (args: pulumi.ResourceHookArgs): Promise<void> => {
    const refusal = await check?.(args);
    if (refusal !== undefined) throw new Error(refusal);
  });
}

/** Once for each component, by its guard, in the constructor that also called pinnedOptions. */
export function takePendingCheck(type: string, name: string): ((check: ComponentCheck) => void) | undefined {
  const fill = pending.get(`${type}:${name}`);
  pending.delete(`${type}:${name}`);
  return fill;
}

/** Adds a hook that runs before the component is updated, in a preview too. */
export function withUpdateHook(
  opts: pulumi.ComponentResourceOptions,
  name: string,
  check: pulumi.ResourceHookFunction,
): pulumi.ComponentResourceOptions {
  const hook = new pulumi.ResourceHook(freeHookName(name), check, { onDryRun: true });
  return { ...opts, hooks: { ...opts.hooks, beforeUpdate: [...(opts.hooks?.beforeUpdate ?? []), hook] } };
}

/** A line for each pinned argument that was set and is to be another. One that is not known yet is judged when it is. */
export function changedPins(
  ways: Readonly<Record<string, string>>,
  oldInputs: Readonly<Record<string, unknown>>,
  newInputs: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(ways).flatMap(([property, way]) => {
    const [present, wish] = [oldInputs[property], newInputs[property]];
    if (present === undefined || pulumi.containsUnknowns(wish) || isSame(present, wish)) return [];
    return [`${property} is ${describeValue(present)} and cannot become ${describeValue(wish)}. ${way}`];
  });
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
