/** What every type does on create, update, delete and read; the behaviours add what only theirs does. */
import type { Behaviour } from "./behaviour.js";
import { AwsError, CloudRegion } from "./cloud-region.js";
import { findDifferences } from "./diff.js";
import { isRegional, isTagged, type TypeFacts } from "./facts/index.js";
import type { ProviderSettings } from "./provider-settings.js";
import type { CloudResource, CloudStore } from "./store.js";
import { readTags } from "./tags.js";
import { isObject, isZero, omit, pick, UNKNOWN, type MutableProperties, type Properties } from "./values.js";

/** A type and the provider that is asked for it. */
export interface Kind {
  readonly type: string;
  readonly facts: TypeFacts;
  readonly behaviour: Behaviour;
  readonly settings: ProviderSettings;
  readonly store: CloudStore;
}

export interface Outcome {
  readonly id: string;
  readonly outputs: Properties;
}

/** Where a resource lies: what its inputs or its state say, else where the provider is. */
function cloudOf(kind: Kind, properties: Properties): CloudRegion {
  const { settings, store, facts } = kind;
  if (!isRegional(facts)) return new CloudRegion(store, settings.account, "global");
  const { region } = properties;
  return new CloudRegion(store, settings.account, isZero(region) ? settings.region : String(region));
}

export function create(kind: Kind, inputs: Properties): Outcome {
  const { type, facts, behaviour } = kind;
  const cloud = cloudOf(kind, inputs);
  const { id, attributes, hidden } = behaviour.create({ cloud, inputs });
  const held = pick(inputs, heldInputs(facts));
  const resource = cloud.add(type, id, { ...held, ...attributes, ...tagsAll(facts, inputs) }, hidden);
  return { id, outputs: outputsOf(kind, resource, inputs) };
}

/** In a preview all that AWS decides is unknown. */
export function previewCreate({ facts, settings }: Kind, inputs: Properties): Properties {
  const chosen = [...(facts.keeps ?? []), ...(facts.outputs ?? [])].filter((name) => name !== "region");
  const unknown = Object.fromEntries(chosen.map((name) => [name, UNKNOWN]));
  const region = isRegional(facts) ? { region: settings.region } : {};
  return { ...unknown, ...region, ...omit(inputs, ["__defaults"]) };
}

export interface Change {
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
  readonly ignoreChanges: readonly string[];
}

export function update(kind: Kind, change: Change): Outcome {
  const { facts, behaviour } = kind;
  const { id, state, inputs } = change;
  const cloud = cloudOf(kind, state);
  const resource = cloud.find(kind.type, id);
  if (resource === undefined) throw new AwsError("NotFound", `${kind.type} ${id} does not exist`);
  const changed = changedInputs(kind, change);
  const result = behaviour.update?.({ cloud, resource, state, inputs, changed });
  const applied = (result?.apply ?? changed).filter((name) => heldInputs(facts).includes(name));
  for (const name of applied) {
    if (name in inputs) resource.attributes[name] = inputs[name];
    else Reflect.deleteProperty(resource.attributes, name);
  }
  if (changed.includes("tags") || changed.includes("tagsAll")) {
    Object.assign(resource.attributes, tagsAll(facts, inputs));
  }
  Object.assign(resource.attributes, result?.attributes);
  if (result?.newId !== undefined) {
    cloud.store.remove(resource);
    resource.id = result.newId;
  }
  cloud.store.put(resource);
  return { id: resource.id, outputs: outputsOf(kind, resource, { ...omit(state, changed), ...pick(inputs, changed) }) };
}

export function previewUpdate(kind: Kind, change: Change): Properties {
  const { behaviour } = kind;
  const changed = changedInputs(kind, change);
  const unknown = Object.fromEntries((behaviour.unknownAfter?.(changed) ?? []).map((name) => [name, UNKNOWN]));
  return { ...omit(change.state, changed), ...pick(change.inputs, changed), ...unknown };
}

function changedInputs({ facts, behaviour }: Kind, change: Change): string[] {
  return [...new Set(findDifferences({ facts, behaviour, ...change }).map(({ property }) => property))];
}

export function remove(kind: Kind, id: string, state: Properties): void {
  const cloud = cloudOf(kind, state);
  const resource = cloud.find(kind.type, id);
  // What is gone already needs no delete: so the provider takes AWS's "not found".
  if (resource === undefined) return;
  if (kind.behaviour.delete?.({ cloud, resource, state }) !== "kept") cloud.store.remove(resource);
}

/** Undefined where the cloud has it no longer. */
export function read(
  kind: Kind,
  id: string,
  state: Properties,
  inputs: Properties,
): (Outcome & { inputs: Properties }) | undefined {
  const { facts, behaviour, type } = kind;
  const isImport = Object.keys(state).length === 0;
  const named = isImport ? importedId(id) : { id, region: state["region"] };
  const cloud = cloudOf(kind, named);
  const resource = cloud.find(type, named.id) ?? (isImport ? behaviour.findForImport?.(named.id, cloud) : undefined);
  if (resource === undefined) return undefined;
  const outputs = outputsOf(kind, resource, isImport ? (behaviour.importDefaults ?? {}) : state);
  const refreshed = isImport ? importedInputs(facts, outputs) : refreshedInputs(inputs, outputs);
  return { id: resource.id, outputs, inputs: refreshed };
}

/** An import from another region than the provider's says so: `orders@eu-west-1`. */
function importedId(text: string): { id: string; region: string } {
  const [, id = text, region = ""] = /^(.*)@([a-z]{2}-[a-z]+-\d)$/.exec(text) ?? [];
  return { id, region };
}

/** What the engine gets to know: what the cloud holds, and beside it what only the provider knows. */
function outputsOf(kind: Kind, resource: CloudResource, known: Properties): Properties {
  const { facts, behaviour, settings } = kind;
  const own = isObject(known["tags"]) ? Object.keys(known["tags"]) : [];
  const cloud = cloudOf(kind, { region: resource.region });
  return {
    ...pick(known, facts.providerOnly ?? []),
    ...resource.attributes,
    ...behaviour.read?.(resource, cloud, known),
    ...(isTagged(facts) && readTags(resource.attributes["tagsAll"], own, settings)),
    ...(isRegional(facts) && { region: resource.region }),
    id: resource.id,
  };
}

/** Inputs that AWS itself keeps, by their own names. */
function heldInputs(facts: TypeFacts): readonly string[] {
  return facts.inputs.filter((name) => !["tags", "region"].includes(name) && !facts.providerOnly?.includes(name));
}

function tagsAll(facts: TypeFacts, inputs: Properties): Properties {
  return isTagged(facts) ? { tagsAll: inputs["tagsAll"] ?? inputs["tags"] ?? {} } : {};
}

/** An import takes every input that is not left out anyway (pulumi-terraform-bridge, pkg/tfbridge/schema.go, `extractSchemaInputsObject`). */
function importedInputs(facts: TypeFacts, outputs: Properties): Properties {
  const isTold = (name: string): boolean => {
    if (!(name in outputs)) return false;
    if (facts.required?.includes(name)) return true;
    const fallback = facts.defaults?.[name];
    return fallback === undefined ? !isZero(outputs[name]) : outputs[name] !== fallback;
  };
  return { ...pick(outputs, [...facts.inputs, "tagsAll"].filter(isTold)), __defaults: [] };
}

/** A refresh looks only at the inputs the program gave, and forgets which were defaults (the same file, `extractInputsObject`). */
function refreshedInputs(inputs: Properties, outputs: Properties): Properties {
  const fresh: MutableProperties = {};
  for (const [name, old] of Object.entries(omit(inputs, ["__defaults"]))) {
    if (name in outputs) fresh[name] = refreshedValue(old, outputs[name]);
  }
  return fresh;
}

function refreshedValue(old: unknown, now: unknown): unknown {
  if (Array.isArray(old) && Array.isArray(now)) {
    return old.slice(0, now.length).map((item, index) => refreshedValue(item, now[index]));
  }
  if (isObject(old) && isObject(now)) return refreshedInputs(old, now);
  return now;
}
