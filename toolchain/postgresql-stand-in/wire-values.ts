import { unwrapSecrets, type Properties } from "../stand-in/property-values.js";
import { isCollection, isZero, upstreamName, type Attributes, type Values } from "./attributes.js";
import { DEFAULTS, isDefault } from "./check-inputs.js";

/** How Pulumi marks a secret (sdk: `runtime/rpc.ts`, `specialSigKey`, `specialSecretSig`). */
const SECRET_MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** Inputs on the wire, secrets marked. */
export function wireInputs(attributes: Attributes, inputs: Properties): Properties {
  const entries = Object.entries(inputs).map(([name, value]) => [name, marked(attributes, name, value)]);
  return Object.fromEntries(entries) as Properties;
}

/** A state on the wire. `isPreview`: of a resource that is not there yet. */
export function wireState(attributes: Attributes, id: string, values: Values, isPreview = false): Properties {
  const state = Object.entries(values).map(([name, value]) => [name, marked(attributes, name, value)]);
  const wire = { ...(Object.fromEntries(state) as Properties), id };
  return isPreview ? wire : { ...wire, __pulumi_raw_state_delta: rawStateDelta(attributes, values) };
}

function marked(attributes: Attributes, name: string, value: unknown): unknown {
  return attributes[name]?.isSecret === true ? { ...SECRET_MARK, value: unwrapSecrets(value) } : value;
}

/** How the bridge of the official plugin gets from this state to Terraform's: it keeps that beside every state. */
function rawStateDelta(attributes: Attributes, values: Values): Properties {
  const lists = Object.entries(attributes).filter(([name, a]) => isCollection(a) && (values[name] ?? null) !== null);
  const renamed = Object.entries(attributes).filter(([, attribute]) => attribute.upstreamName !== undefined);
  return {
    obj: {
      ...(lists.length > 0 && { ps: Object.fromEntries(lists.map(([name]) => [name, { arr: {} }])) }),
      ...(renamed.length > 0 && {
        renamed: Object.fromEntries(renamed.map(([name, attribute]) => [name, upstreamName(name, attribute)])),
      }),
    },
  };
}

/** The inputs after a refresh: what was given, with the values found now; a default that is no longer one is not called so. */
export function refreshedInputs(attributes: Attributes, oldInputs: Properties, values: Values): Properties {
  const names = Object.keys(oldInputs).filter((name) => name in attributes);
  const inputs = Object.fromEntries(names.map((name) => [name, found(attributes, name, oldInputs, values)]));
  const defaults = names.filter(
    (name) => isDefault(oldInputs, name) && unwrapSecrets(oldInputs[name]) === (values[name] ?? null),
  );
  return { ...inputs, ...(defaults.length > 0 && { [DEFAULTS]: defaults.sort() }) };
}

/** A write-only input is in no state. */
function found(attributes: Attributes, name: string, oldInputs: Properties, values: Values): unknown {
  return attributes[name]?.isWriteOnly === true ? oldInputs[name] : (values[name] ?? null);
}

/** The inputs that would lead to an imported resource: what is neither nothing nor a default. */
export function importedInputs(attributes: Attributes, values: Values): Properties {
  const entries = Object.entries(attributes).filter(([name, attribute]) => {
    const value = values[name] ?? null;
    return attribute.default === undefined ? !isZero(value) : value !== attribute.default;
  });
  return { ...Object.fromEntries(entries.map(([name]) => [name, values[name] ?? null])), [DEFAULTS]: [] };
}
