import type { PlannedStep } from "./planned-step.js";
import { nameOf } from "./read-step.js";

export interface Reason {
  /** Inputs that cause it, by the most exact path there is; empty where it is not an input. */
  readonly properties: readonly string[];
  /** Why, as a clause. */
  readonly cause: string;
  /** What to do, in the imperative. */
  readonly next: string;
}

/**
 * @param planned all steps of one resource
 * @param all every step of the preview
 */
export function explain(
  fate: "replaced" | "deleted" | "forgotten",
  planned: readonly PlannedStep[],
  all: readonly PlannedStep[],
): Reason {
  if (fate === "replaced") return explainReplacement(planned, all);
  const [step] = planned;
  if (step === undefined) throw new Error("a finding has a step");
  if (fate === "forgotten") return explainForgetting(step);
  return explainDeletion(step, all);
}

function explainReplacement(planned: readonly PlannedStep[], all: readonly PlannedStep[]): Reason {
  return (
    planned.map(takenOver).find((reason) => reason !== undefined) ??
    inputReason(planned) ??
    dependencyReason(planned, all) ?? {
      properties: [],
      cause: planned.some(({ op }) => op === "remove-pending-replace")
        ? "an interrupted replacement is to be finished"
        : "the preview does not say why",
      next: "Run the preview with --diff --show-replacement-steps and look at this resource.",
    }
  );
}

/** An import, or a `get`, under the name of a resource that has another id. */
function takenOver({ before, after }: PlannedStep): Reason | undefined {
  if (before === undefined || after === undefined || before.id === after.id) return undefined;
  const isImport = after.importId !== undefined;
  if (!isImport && !(after.isExternal && !before.isExternal)) return undefined;
  return {
    properties: [isImport ? "import" : "id"],
    cause: `${isImport ? "another resource is imported" : "another resource is read"} under its name, and the one of now is deleted`,
    next: `Give the other resource a name of its own in the program, beside this one.`,
  };
}

const OF_THE_ENGINE: Readonly<Record<string, readonly [cause: string, next: string]>> = {
  id: [
    "the preview was asked to replace it (--target-replace, --replace, or a taint in the state)",
    "Leave the flag out; `pulumi state untaint` takes the taint back.",
  ],
  replaceWith: ["its option replaceWith names a resource that is replaced", "Take the option replaceWith out."],
};

function inputReason(planned: readonly PlannedStep[]): Reason | undefined {
  const keys = unique(planned.flatMap(({ replaceKeys }) => replaceKeys));
  const paths = unique(planned.flatMap(({ replacePaths }) => replacePaths));
  const properties = [...paths, ...keys.filter((key) => !paths.some((path) => isWithin(path, key)))];
  if (properties.length === 0) return undefined;
  if (properties.includes("provider")) return providerReason(planned);
  const own = properties.length === 1 ? OF_THE_ENGINE[properties[0] ?? ""] : undefined;
  if (own !== undefined) return { properties, cause: own[0], next: own[1] };
  const names = properties.join(", ");
  return {
    properties,
    cause: properties.includes("region") ? "it would move to another region" : `${names} cannot change in place`,
    next:
      `Give ${names} the value it has. Where it has to change: make a second resource beside this one, move the data, ` +
      "then allow this one to go.",
  };
}

function isWithin(path: string, key: string): boolean {
  return path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`);
}

function providerReason(planned: readonly PlannedStep[]): Reason {
  const { before, after } = planned.find((step) => step.before !== undefined && step.after !== undefined) ?? {};
  const [old, now] = [before?.provider ?? "", after?.provider ?? ""];
  const change = old === now ? `its provider ${old} is replaced` : `its provider changes from ${old} to ${now}`;
  return {
    properties: ["provider"],
    cause: `${change}, which may be another region or account`,
    next: "Give it the provider it has (the option provider), and leave that provider's region and account as they are.",
  };
}

/** What depends on a resource that is deleted before it is replaced is replaced with it; such a step tells no reason of its own. */
function dependencyReason(planned: readonly PlannedStep[], all: readonly PlannedStep[]): Reason | undefined {
  const replaced = new Set(all.filter(({ op }) => op === "replace").map(({ urn }) => urn));
  const found = planned
    .flatMap(({ before, after }) => [before, after])
    .flatMap((state) => Object.entries(state?.dependencies ?? {}))
    .flatMap(([name, urns]) => urns.filter((urn) => replaced.has(urn)).map((urn) => ({ name, urn })));
  const [first] = found;
  if (first === undefined) return undefined;
  const properties = unique(found.map(({ name }) => name));
  return {
    properties,
    cause: `${properties.join(", ")} comes from ${nameOf(first.urn)}, which is deleted and made anew first`,
    next: `Keep ${nameOf(first.urn)} from being replaced, or set its option deleteBeforeReplace to false.`,
  };
}

function explainDeletion(step: PlannedStep, all: readonly PlannedStep[]): Reason {
  const created = all.filter(({ op, type }) => op === "create" && type === step.type);
  if (created.some(({ urn }) => urn === step.urn)) {
    return {
      properties: [],
      cause: "the refresh did not find it, so it would be made anew, empty",
      next: "Do not deploy. Find out whether it is gone, renamed or out of reach; restore it, then import what was restored.",
    };
  }
  const twin = findTwin(step, created, all);
  if (twin !== undefined) return explainRename(step, twin);
  return {
    properties: [],
    cause: "it is no longer in the program",
    next: "Put it back. Where it has another name or parent now, say which it had: the option aliases.",
  };
}

/** What a renamed or moved resource is probably called now: of the same name, else the only new one that is nobody else's. */
function findTwin(
  step: PlannedStep,
  created: readonly PlannedStep[],
  all: readonly PlannedStep[],
): PlannedStep | undefined {
  const namesake = created.find(({ urn }) => nameOf(urn) === nameOf(step.urn));
  if (namesake !== undefined) return namesake;
  const taken = new Set(all.filter(({ op }) => op === "delete").map(({ urn }) => nameOf(urn)));
  const [free, ...others] = created.filter(({ urn }) => !taken.has(nameOf(urn)));
  return others.length === 0 ? free : undefined;
}

function explainRename(step: PlannedStep, twin: PlannedStep): Reason {
  const [old, now] = [nameOf(step.urn), nameOf(twin.urn)];
  const isMoved = old === now;
  return {
    properties: [],
    cause: isMoved
      ? "it has another parent now, so Pulumi takes it for a new one"
      : `it is no longer in the program; ${now}, of the same type, is new`,
    next: `If ${isMoved ? "it" : now} is the same resource, give it the option aliases: ["${step.urn}"]. Else put ${old} back.`,
  };
}

function explainForgetting(step: PlannedStep): Reason {
  if (step.op === "read") {
    return {
      properties: ["id"],
      cause: "it is only read from now on (get), so Pulumi gives up managing it",
      next: "Declare it as before. To read it elsewhere, do so in another stack.",
    };
  }
  const isRead = step.op === "discard";
  return {
    properties: [],
    cause: isRead
      ? "it was read (get) and no longer is; it stays where it is"
      : "it is no longer in the program; retainOnDelete leaves it behind, managed by nobody",
    next: isRead
      ? "Put the get back, or allow this."
      : "Put it back. Where it has another name or parent now, say which it had: the option aliases.",
  };
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
