import type { Attributes, Values } from "./attributes.js";
import type { PostgresServer } from "./server.js";

export interface Resource {
  readonly id: string;
  /** Of all attributes. */
  readonly values: Values;
}

export interface ResourceChange {
  readonly id: string;
  readonly prior: Values;
  readonly planned: Values;
  /** What no state holds. */
  readonly writeOnly: Values;
}

/** One kind of resource: its declaration, and what it does on the server. All functions throw the errors of the official plugin. */
export interface ResourceType {
  readonly attributes: Attributes;
  readonly deletesBeforeReplace?: boolean;
  readonly canImport?: boolean;
  /** @param writeOnly inputs that no state holds @returns its id */
  create(server: PostgresServer, planned: Values, writeOnly: Values): Promise<string>;
  /** @returns what was read, beside which the rest stays as it is; undefined where it is gone */
  read(server: PostgresServer, resource: Resource): Promise<Resource | undefined>;
  /** Missing where every change replaces. @returns its new id */
  update?(server: PostgresServer, change: ResourceChange): Promise<string>;
  delete(server: PostgresServer, resource: Resource): Promise<void>;
}

export function hasChanged({ prior, planned }: ResourceChange, name: string): boolean {
  const [before, after] = [prior[name] ?? null, planned[name] ?? null];
  return JSON.stringify(before) !== JSON.stringify(after);
}
