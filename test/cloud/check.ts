import { makeName, type Naming } from "./autoname.js";
import type { Autoname, Behaviour, Fault } from "./behaviour.js";
import { isTagged, type TypeFacts } from "./facts/index.js";
import type { ProviderSettings } from "./provider-settings.js";
import { allTags } from "./tags.js";
import { isZero, textsOf, type MutableProperties, type Properties } from "./values.js";

export interface CheckRequest {
  readonly facts: TypeFacts;
  readonly behaviour: Behaviour;
  readonly settings: ProviderSettings;
  readonly olds: Properties;
  readonly news: Properties;
  readonly naming: Naming;
}

export interface Checked {
  readonly inputs: Properties;
  readonly faults: readonly Fault[];
}

/** Fills in names, defaults and tags, and finds the faults that the provider finds before it calls AWS. */
export function check(request: CheckRequest): Checked {
  const { facts, behaviour, settings, news } = request;
  const faults = [...unknownInputs(facts, news), ...missingInputs(facts, news)];
  const inputs = fillDefaults(request);
  if (isTagged(facts)) inputs["tagsAll"] = allTags(news["tags"], settings);
  const filled = behaviour.fill?.(inputs) ?? inputs;
  return { inputs: filled, faults: [...faults, ...(behaviour.check?.(filled) ?? [])] };
}

function unknownInputs(facts: TypeFacts, news: Properties): Fault[] {
  const known = [...facts.inputs, "tagsAll", "timeouts", "__defaults"];
  const strange = Object.keys(news).filter((name) => !known.includes(name));
  return strange.map((property) => ({ property, reason: `An argument named "${property}" is not expected here` }));
}

function missingInputs(facts: TypeFacts, news: Properties): Fault[] {
  const missing = (facts.required ?? []).filter((name) => !(name in news));
  return missing.map((property) => ({
    property,
    reason: `Missing required argument. The argument "${property}" is required, but no definition was found.`,
  }));
}

/**
 * As the bridge does: the names of inputs that were filled in are kept under `__defaults`, and a default of the last
 * deploy is kept (pulumi-terraform-bridge, pkg/tfbridge/schema.go, `applyDefaults`).
 */
function fillDefaults({ facts, behaviour, olds, news, naming }: CheckRequest): MutableProperties {
  const inputs: MutableProperties = { ...news };
  const filled: string[] = [];
  const fill = (name: string, make: () => unknown): void => {
    if (name in inputs) return;
    const value = wasDefault(olds, name) ? olds[name] : make();
    if (value === undefined) return;
    inputs[name] = value;
    filled.push(name);
  };
  if (behaviour.autoname !== undefined && !isPrefixed(behaviour.autoname, news)) {
    const { autoname } = behaviour;
    fill(autoname.property, () => makeName(autoname, naming));
  }
  for (const [name, value] of Object.entries(facts.defaults ?? {})) fill(name, () => value);
  return { ...inputs, __defaults: filled.sort() };
}

function wasDefault(olds: Properties, name: string): boolean {
  if (!(name in olds)) return false;
  return !("__defaults" in olds) || textsOf(olds, "__defaults").includes(name);
}

function isPrefixed({ prefixProperty = "namePrefix" }: Autoname, news: Properties): boolean {
  return !isZero(news[prefixProperty]);
}
