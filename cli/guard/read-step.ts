import type { PlannedStep, StepState } from "./planned-step.js";
import { asRecord, textAt, textsAt, type JsonRecord } from "./read-json-value.js";

/** Where the two forms of a preview keep the same thing. */
export interface StepNames {
  readonly before: string;
  readonly after: string;
  readonly diffs: string;
  readonly replaceKeys: string;
  readonly diffKind: string;
}

/** @returns undefined for what is no step */
export function readStep(value: unknown, names: StepNames): PlannedStep | undefined {
  const step = asRecord(value);
  const [op, urn] = [textAt(step, "op"), textAt(step, "urn")];
  if (step === undefined || op === "" || !urn.startsWith("urn:pulumi:")) return undefined;
  const [before, after] = [asRecord(step[names.before]), asRecord(step[names.after])];
  const differences = Object.entries(asRecord(step["detailedDiff"]) ?? {});
  return {
    op,
    urn,
    type: textAt(after ?? before, "type") || typeOf(urn),
    diffs: textsAt(step, names.diffs),
    replaceKeys: textsAt(step, names.replaceKeys),
    replacePaths: differences
      .filter(([, difference]) => textAt(asRecord(difference), names.diffKind).endsWith("-replace"))
      .map(([path]) => path),
    before: readState(before),
    after: readState(after),
  };
}

function readState(state: JsonRecord | undefined): StepState | undefined {
  if (state === undefined) return undefined;
  const dependencies = asRecord(state["propertyDependencies"]) ?? {};
  return {
    id: textAt(state, "id"),
    isExternal: state["external"] === true,
    isRetainedOnDelete: state["retainOnDelete"] === true,
    provider: nameOfProvider(textAt(state, "provider")),
    importId: textAt(state, "importID") || undefined,
    dependencies: Object.fromEntries(Object.keys(dependencies).map((name) => [name, textsAt(dependencies, name)])),
  };
}

/** `urn:pulumi:stack::project::parent$type::name` */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A reference is the provider's URN and its id. */
function nameOfProvider(reference: string): string {
  return reference.split("::").slice(3, -1).join("::");
}
