import { isDeepStrictEqual } from "node:util";
import type { DifferenceKind } from "../stand-in/difference-kind.js";
import { isObject, isSecret, type Properties } from "../stand-in/property-values.js";

export interface Difference {
  /** For example `environment.PGHOST`, `triggers[0]` or `environment["a.b"]`. */
  readonly path: string;
  /** The input it is a part of. */
  readonly input: string;
  readonly kind: DifferenceKind;
  /** True where the whole list of triggers comes or goes; a single changed trigger replaces by the resource's own option. */
  readonly replaces: boolean;
}

/** All that differs between the inputs of the last deploy and the new ones, each by its innermost path. */
export function findDifferences(olds: Properties, news: Properties): Difference[] {
  return objectDifferences("", olds, news).map(({ path, kind }) => {
    const input = /^[^.[]*/.exec(path)?.[0] ?? path;
    return { path, input, kind, replaces: path === "triggers" };
  });
}

type Found = Pick<Difference, "path" | "kind">;

function objectDifferences(prefix: string, olds: Properties, news: Properties): Found[] {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  return names.flatMap((name) => valueDifferences(join(prefix, name), olds[name], news[name]));
}

function valueDifferences(path: string, old: unknown, now: unknown): Found[] {
  if (isDeepStrictEqual(old, now)) return [];
  if (old === undefined || old === null) return [{ path, kind: "add" }];
  if (now === undefined || now === null) return [{ path, kind: "delete" }];
  if (isSecret(old) && isSecret(now)) return [{ path, kind: "update" }];
  if (Array.isArray(old) && Array.isArray(now)) return listDifferences(path, old, now);
  if (isObject(old) && isObject(now) && !isSecret(old) && !isSecret(now)) return objectDifferences(path, old, now);
  return [{ path, kind: "update" }];
}

function listDifferences(path: string, olds: readonly unknown[], news: readonly unknown[]): Found[] {
  const longer = olds.length > news.length ? olds : news;
  return longer.flatMap((_, index) => valueDifferences(`${path}[${index}]`, olds[index], news[index]));
}

function join(prefix: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${prefix}["${name.replaceAll('"', '\\"')}"]`;
  return prefix === "" ? name : `${prefix}.${name}`;
}
