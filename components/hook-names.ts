import * as pulumi from "@pulumi/pulumi";

const namesOf = new WeakMap<object, Set<string>>();

/** Hooks are known by name in the whole program, and two components under different parents may have one name. */
export function freeHookName(name: string): string {
  const run: object = pulumi.runtime.getMonitor() ?? namesOf;
  const taken = namesOf.get(run) ?? new Set<string>();
  namesOf.set(run, taken);
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}:${String(count)}`;
  taken.add(free);
  return free;
}
