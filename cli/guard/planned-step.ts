/**
 * What one step of a preview says, as far as a guard needs it. Inputs and outputs are left out where the preview is read, so that no
 * value of them can reach a report.
 */
export interface PlannedStep {
  /** The engine's name of the operation: `replace`, `delete`, `create` … */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** Inputs that differ. */
  readonly diffs: readonly string[];
  /** Inputs that ask for a replacement; also the engine's own `provider`, `id` and `replaceWith`. */
  readonly replaceKeys: readonly string[];
  /** The same, by the provider's detailed paths: `triggers[0]`. */
  readonly replacePaths: readonly string[];
  readonly before: StepState | undefined;
  readonly after: StepState | undefined;
}

export interface StepState {
  readonly id: string;
  /** Only read, by the SDK's `get`; not managed. */
  readonly isExternal: boolean;
  readonly isRetainedOnDelete: boolean;
  /** Name of the provider resource that manages it; empty where it is not told. */
  readonly provider: string;
  /** The id it is imported from. Only in a digest. */
  readonly importId: string | undefined;
  /** URNs that an input's value comes from, by input. Only in a digest. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

/** A preview that came to its end. */
export interface ReadPreview {
  readonly steps: readonly PlannedStep[];
  /** How many errors it told. Above 0 it failed, and what would be deleted was perhaps not planned. */
  readonly errors: number;
}
