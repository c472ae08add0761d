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
  /** Inputs without which it still holds, since the cloud's own default is the same; with the reason we state them. */
  readonly masked?: Readonly<Record<string, string>>;
  readonly holds: (attributes: Attributes, own: OwnThings) => boolean;
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

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
