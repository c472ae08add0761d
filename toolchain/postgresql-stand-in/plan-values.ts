import { isDeepStrictEqual } from "node:util";
import type { DifferenceKind } from "../stand-in/difference-kind.js";
import { UNKNOWN, unwrapSecrets, type Properties } from "../stand-in/property-values.js";
import { isCollection, isZero, type Attribute, type Attributes, type Value, type Values } from "./attributes.js";

/** The values of a wire object, of all attributes; without a value null. */
export function valuesOf(attributes: Attributes, properties: Properties): Values {
  return mapAttributes(attributes, (name) => (unwrapSecrets(properties[name]) as Value | undefined) ?? null);
}

function mapAttributes(attributes: Attributes, valueOf: (name: string, attribute: Attribute) => Value): Values {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, valueOf(name, attribute)]));
}

/** What a resource will hold once these inputs are in place; UNKNOWN where only the server can tell. */
export function planCreate(attributes: Attributes, inputs: Values): Values {
  return mapAttributes(attributes, (name, attribute) => {
    const value = known(inputs[name] ?? null, attribute);
    if (attribute.isWriteOnly === true) return null;
    if (isCollection(attribute) && value !== UNKNOWN && isZero(value)) return attribute.isComputed ? UNKNOWN : null;
    if (value !== null) return value;
    return attribute.default ?? (attribute.isComputed === true ? UNKNOWN : null);
  });
}

/** The same for a resource that is there: what no input names stays where the server decides it, or where it is nothing anyway. */
export function planUpdate(attributes: Attributes, prior: Values, inputs: Values): Values {
  return mapAttributes(attributes, (name, attribute) => {
    const before = prior[name] ?? null;
    const value = known(inputs[name] ?? null, attribute);
    if (attribute.isWriteOnly === true) return null;
    if (isCollection(attribute) && value !== UNKNOWN && isZero(value)) {
      return before === null || attribute.isComputed === true ? before : [];
    }
    if (value !== null) return value;
    if (attribute.default !== undefined) return attribute.default;
    return attribute.isComputed === true || isZero(before) ? before : null;
  });
}

/** Sets in one order, each item once; one item that is not known makes all of it unknown. */
function known(value: Value, { type }: Attribute): Value {
  if (typeof value !== "object" || value === null) return value;
  if (value.includes(UNKNOWN)) return UNKNOWN;
  return type === "set" ? [...new Set(value)].sort() : value;
}

export interface Difference {
  /** For example `login` or `privileges[1]`. */
  readonly path: string;
  readonly name: string;
  readonly kind: DifferenceKind;
  readonly replaces: boolean;
}

/** What differs between a state and a plan. Items of a set are named by their places: old ones in the state, new ones in the inputs. */
export function findDifferences(attributes: Attributes, prior: Values, planned: Values, inputs: Values): Difference[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const { replaces = false } = attribute;
    const paths = isCollection(attribute)
      ? collectionDifferences(attribute, prior[name] ?? null, planned[name] ?? null, inputs[name] ?? null)
      : scalarDifferences(prior[name] ?? null, planned[name] ?? null);
    return [...paths].map(([suffix, kind]) => ({ path: `${name}${suffix}`, name, kind, replaces }));
  });
}

type Kinds = ReadonlyMap<string, DifferenceKind>;

function scalarDifferences(before: Value, after: Value): Kinds {
  if (before === after) return new Map();
  return new Map([["", before === null ? "add" : after === null ? "delete" : "update"]]);
}

function collectionDifferences({ type }: Attribute, before: Value, after: Value, input: Value): Kinds {
  if (isDeepStrictEqual(before, after) || (isZero(before) && isZero(after))) return new Map();
  if (isZero(before)) return new Map([["", "add"]]);
  if (isZero(after)) return new Map([["", "delete"]]);
  if (typeof before !== "object" || typeof after !== "object") return new Map([["", "update"]]);
  const olds = before ?? [];
  return type === "set" ? setDifferences(olds, input as readonly string[]) : listDifferences(olds, after ?? []);
}

function setDifferences(olds: readonly string[], news: readonly string[]): Kinds {
  return byPlace(
    olds.flatMap((item, index) => (news.includes(item) ? [] : [index])),
    news.flatMap((item, index) => (olds.includes(item) ? [] : [index])),
  );
}

/** What is not in the longest list that both have in common. */
function listDifferences(olds: readonly string[], news: readonly string[]): Kinds {
  const kept = commonItems(olds, news);
  const others = (items: readonly string[], side: "old" | "new"): number[] =>
    [...items.keys()].filter((index) => !kept.some((pair) => pair[side] === index));
  return byPlace(others(olds, "old"), others(news, "new"));
}

interface Pair {
  readonly old: number;
  readonly new: number;
}

function commonItems(olds: readonly string[], news: readonly string[]): readonly Pair[] {
  let row: (readonly Pair[])[] = Array.from({ length: news.length + 1 }, () => []);
  for (const [old, item] of olds.entries()) {
    const next: (readonly Pair[])[] = [[]];
    for (const [index, other] of news.entries()) {
      const [above = [], left = [], diagonal = []] = [row[index + 1], next[index], row[index]];
      const longer = above.length >= left.length ? above : left;
      next.push(item === other ? [...diagonal, { old, new: index }] : longer);
    }
    row = next;
  }
  return row.at(-1) ?? [];
}

/** An item that goes and one that comes at the same place are one that changes. */
function byPlace(removed: readonly number[], added: readonly number[]): Kinds {
  const kindOf = (index: number): DifferenceKind =>
    !removed.includes(index) ? "add" : added.includes(index) ? "update" : "delete";
  const places = [...new Set([...removed, ...added])].sort((one, other) => one - other);
  return new Map(places.map((index) => [`[${index}]`, kindOf(index)]));
}

/** What the state holds after work was done: as planned where the difference is one of no value and an empty one. */
export function settle(attributes: Attributes, planned: Values, found: Values): Values {
  return mapAttributes(attributes, (name, attribute) => {
    const plan = planned[name] ?? null;
    const seen = name in found ? (found[name] ?? null) : plan;
    if (attribute.isWriteOnly === true) return null;
    if (plan === UNKNOWN) return isCollection(attribute) ? (seen ?? []) : seen;
    if (attribute.type === "set" && plan !== null) return plan;
    if (isCollection(attribute) && isZero(plan) && isZero(seen)) return plan;
    return seen;
  });
}

/** A state that came of nothing but an id: collections are there, if only empty. */
export function imported(attributes: Attributes, found: Values): Values {
  return mapAttributes(attributes, (name, attribute) => found[name] ?? (isCollection(attribute) ? [] : null));
}

/** Without what is not known: as the functions that work on the server see a plan. */
export function withoutUnknown(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === UNKNOWN ? null : value]));
}
