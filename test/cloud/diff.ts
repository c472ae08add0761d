import type { Behaviour, Seen } from "./behaviour.js";
import type { TypeFacts } from "./facts/index.js";
import { hasUnknown, isObject, isZero, UNKNOWN, type Properties } from "./values.js";

export type DifferenceKind = "add" | "delete" | "update";

export interface Difference {
  /** For example `tags.Owner` or `rules[0].schedule`. */
  readonly path: string;
  /** The input it is a part of. */
  readonly property: string;
  readonly kind: DifferenceKind;
  readonly replaces: boolean;
}

export interface DiffRequest {
  readonly facts: TypeFacts;
  readonly behaviour: Behaviour;
  /** The last outputs. */
  readonly state: Properties;
  /** Checked inputs. */
  readonly inputs: Properties;
  readonly ignoreChanges: readonly string[];
}

/** What a deploy would change: the new inputs compared with the old state, as Terraform's planning does. @throws Error where the provider refuses to plan it */
export function findDifferences(request: DiffRequest): Difference[] {
  const { facts, behaviour, state, inputs } = request;
  const names = [...facts.inputs, ...("tagsAll" in inputs ? ["tagsAll"] : [])];
  const differences = names.flatMap((property) => propertyDifferences(property, request));
  const changed = [...new Set(differences.map(({ property }) => property))];
  const refusal = behaviour.refusesPlan?.({ state, inputs }, changed);
  if (refusal !== undefined) throw new Error(refusal);
  return differences;
}

function propertyDifferences(property: string, request: DiffRequest): Difference[] {
  const { facts, behaviour, state, inputs, ignoreChanges } = request;
  // A refresh compares inputs that no check has filled.
  const wish = inputs[property] ?? facts.defaults?.[property];
  const actual = state[property];
  const seen: Seen = { state, inputs };
  if (ignoreChanges.includes(property) || isUnchanged(property, wish, actual, request)) return [];
  const found = facts.sets?.includes(property)
    ? setDifferences(property, actual, wish)
    : valueDifferences(property, actual, wish);
  const replacesWhole =
    property === "region" ||
    facts.replaces?.includes(property) === true ||
    behaviour.replaces?.(property, seen) === true;
  return found
    .filter(({ path }) => !ignoreChanges.includes(path))
    .map(({ path, kind }) => ({ path, property, kind, replaces: replacesWhole || isNestedReplace(facts, path) }));
}

function isUnchanged(property: string, wish: unknown, actual: unknown, request: DiffRequest): boolean {
  const { facts, behaviour, state, inputs } = request;
  if (property === "region" && (isZero(wish) || isZero(actual))) return true;
  if (wish === undefined && facts.keeps?.includes(property)) return true;
  if (isZero(wish) && isZero(actual)) return true;
  if (wish === undefined || hasUnknown(wish) || isZero(actual)) return false;
  return behaviour.same?.[property]?.(wish, actual, { state, inputs }) === true;
}

/** A field of a block that is `ForceNew` though the block is not; also where the whole block comes or goes. */
function isNestedReplace({ nestedReplaces = [] }: TypeFacts, path: string): boolean {
  const plain = path.replace(/\[\d+\]/g, "");
  return nestedReplaces.some((nested) => nested === plain || nested.startsWith(`${plain}.`));
}

type Found = Pick<Difference, "path" | "kind">;

function valueDifferences(path: string, old: unknown, now: unknown): Found[] {
  if (now === UNKNOWN) return [{ path, kind: isZero(old) ? "add" : "update" }];
  if (isZero(old) && isZero(now)) return [];
  if (old === undefined) return [{ path, kind: "add" }];
  if (now === undefined) return [{ path, kind: "delete" }];
  if (Array.isArray(old) && Array.isArray(now)) {
    const longer = old.length > now.length ? old : now;
    return longer.flatMap((_, index) => valueDifferences(`${path}[${index}]`, old[index], now[index]));
  }
  if (isObject(old) && isObject(now)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => name !== "__defaults");
    return names.flatMap((name) => valueDifferences(join(path, name), old[name], now[name]));
  }
  return old === now ? [] : [{ path, kind: "update" }];
}

/** Elements of a set have no place of their own: one that differs in one field goes, and another comes. */
function setDifferences(path: string, old: unknown, now: unknown): Found[] {
  if (!Array.isArray(old) || !Array.isArray(now)) return valueDifferences(path, old, now);
  const before = old.map(canonical);
  const after = now.map(canonical);
  const come = after.flatMap((text, index) =>
    before.includes(text)
      ? []
      : [{ path: `${path}[${index}]`, kind: index < before.length ? "update" : "add" } as const],
  );
  const gone = before.flatMap((text, index) =>
    after.includes(text) || index < after.length ? [] : [{ path: `${path}[${index}]`, kind: "delete" } as const],
  );
  if (come.length > 0 || gone.length > 0) return [...come, ...gone];
  return before.every((text) => after.includes(text)) ? [] : [{ path, kind: "update" }];
}

/** One text for equal values: members in order, without zero values. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "";
  const members = Object.entries(value).filter(([name, item]) => name !== "__defaults" && !isZero(item));
  return `{${members
    .map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`)
    .sort()
    .join()}}`;
}

function join(prefix: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${prefix}.${name}` : `${prefix}["${name.replaceAll('"', '\\"')}"]`;
}
