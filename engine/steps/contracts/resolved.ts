import type { ContractAction } from "../../core/contract-actions.js";
import type { RetiredObject } from "../../core/retired-object.js";
import type { Session } from "../../core/ports.js";
import type { Gone } from "./dependents.js";

/** A statement to send, or a look at what the ones before it did that throws when it must not stay. */
export type Effect = { readonly sql: string } | { readonly check: (session: Session) => Promise<void> };

/** One action of a contract, with the catalog looked up: what to send and what to remember. */
export interface Resolved {
  readonly action: ContractAction;
  readonly effects: readonly Effect[];
  readonly objects: readonly RetiredObject[];
  /** Tables that are locked, beside those the statement names. */
  readonly locks: readonly string[];
  /** For whoever watches: warnings that stop nothing. */
  readonly notes: readonly string[];
}

/** What the resolution of one action may look at. */
export interface Resolution<Kind extends ContractAction["kind"]> {
  readonly session: Session;
  readonly action: Extract<ContractAction, { kind: Kind }>;
  readonly version: string;
  readonly position: number;
  readonly gone: Gone;
  readonly copyLimitBytes: number;
  readonly lockTimeoutMs: number;
  /** The reason of `-- @copy none`. */
  readonly copyNone: string | undefined;
  /** Makes the error that refuses the statement by name. */
  readonly refuse: (what: string, next: string) => Error;
}
