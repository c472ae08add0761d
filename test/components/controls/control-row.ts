/** What the cloud holds of one resource. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A component of the stack that is looked at. */
export type ComponentName = "key" | "network" | "rds" | "aurora" | "secrets" | "backup" | "alarms" | "files";

/** One demand of a control, on one kind of resource of one component. */
export interface ControlRow {
  /** Of AWS Security Hub. */
  readonly control: string;
  /** What it demands, in our words. */
  readonly demand: string;
  readonly component: ComponentName;
  /** The type of the resources it is about; all of the component, or those that `about` picks. */
  readonly type: string;
  readonly about?: (attributes: Attributes) => boolean;
  /**
   * Inputs of ours that make it hold. Without any one of them it must fail, which the test tries; `rules.recoveryPointTags` is
   * a field of each member of a list. Required inputs count, too: without one the provider refuses.
   */
  readonly inputs: readonly string[];
  /** Of those inputs, each without which it still holds, since what AWS or the provider takes by itself is the same. It must fail with `weak`. */
  readonly masked?: Readonly<Record<string, MaskedInput>>;
  /** The argument of the component that weakens it, and how; unset where none does. */
  readonly weakenedBy?: string;
  readonly holds: (attributes: Attributes, own: OwnThings) => boolean;
}

export interface MaskedInput {
  /** A value with which the control does not hold. */
  readonly weak: unknown;
  /** Why we state it all the same. */
  readonly reason: string;
}

/** Of the stack, to tell its own key from one of AWS. */
export interface OwnThings {
  readonly keyArns: readonly string[];
}

export function isOwnKey(name: string): ControlRow["holds"] {
  return (attributes, { keyArns }) => keyArns.includes(String(attributes[name]));
}

export function is(name: string, wish: unknown): ControlRow["holds"] {
  return (attributes) => attributes[name] === wish;
}

export function includes(name: string, member: string): ControlRow["holds"] {
  return (attributes) => listOf(attributes[name]).includes(member);
}

export function atLeast(name: string, least: number): ControlRow["holds"] {
  return (attributes) => Number(attributes[name]) >= least;
}

/** Tagged beyond what AWS adds by itself; the cloud keeps tags under this name. */
export function isTagged(attributes: Attributes): boolean {
  const tags = (attributes["tagsAll"] ?? {}) as Record<string, string>;
  return ["holdfast:component", "holdfast:project", "holdfast:stack"].every((key) => (tags[key] ?? "") !== "");
}

/** What the provider takes by itself, too. */
export const STATED: MaskedInput = {
  weak: false,
  reason: "the provider takes the same; stated, so that one that changes its mind changes nothing",
};

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
