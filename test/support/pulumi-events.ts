import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/** One resource as the engine's event log has it. */
export interface ResourceStep {
  readonly op: OpType;
  readonly urn: string;
  /** For example `command:local:Command`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** Inputs that differ, where any do. */
  readonly diffs: readonly string[];
  /** Path and kind of every difference, for example `{"environment.A": "update"}`. */
  readonly detailedDiff: Readonly<Record<string, string>>;
  /** Inputs that ask for a replacement. */
  readonly replaceKeys: readonly string[];
  readonly oldInputs: Readonly<Record<string, unknown>>;
  readonly newInputs: Readonly<Record<string, unknown>>;
  /** True where the operation was tried and failed. */
  readonly failed: boolean;
}

export interface Diagnostic {
  readonly severity: string;
  readonly message: string;
  readonly urn: string | undefined;
  /** Shown while the run goes on, and not kept. */
  readonly ephemeral: boolean;
}

export interface SeenEvents {
  readonly steps: readonly ResourceStep[];
  readonly changes: readonly ResourceStep[];
  readonly diagnostics: readonly Diagnostic[];
  readonly errors: readonly string[];
}

/** A question that was under way when the engine stopped: the SDK says it behind the refusal, by chance and with a stack. */
const STOPPED = "the client connection is closing";

/** Orders what an event log says by resource and by message. The SDK's own debug messages are left to `events`. */
export function readEvents(events: readonly EngineEvent[]): SeenEvents {
  const failed = new Set(events.flatMap(({ resOpFailedEvent: event }) => (event ? [event.metadata.urn] : [])));
  // A refresh says what it found only when it is done.
  const found = new Map(events.flatMap(({ resOutputsEvent: event }) => (event ? [[event.metadata.urn, event]] : [])));
  const steps = events
    .flatMap(({ resourcePreEvent: event }) => (event ? [readStep(event.metadata, failed)] : []))
    .map((step) => (step.op === "refresh" ? { ...step, op: found.get(step.urn)?.metadata.op ?? step.op } : step));
  const diagnostics = events.flatMap(({ diagnosticEvent: event }) =>
    event === undefined || (event.severity as string) === "debug"
      ? []
      : [
          {
            severity: event.severity,
            message: plain(event.message),
            urn: event.urn,
            ephemeral: event.ephemeral ?? false,
          },
        ],
  );
  const errors = diagnostics
    .filter(({ severity, message }) => severity === "error" && !message.includes(STOPPED))
    .map(({ message }) => message);
  return { steps, changes: steps.filter(({ op }) => op !== "same" && op !== "refresh"), diagnostics, errors };
}

function readStep(metadata: StepEventMetadata, failed: ReadonlySet<string>): ResourceStep {
  const { op, urn, type } = metadata;
  return {
    op,
    urn,
    type,
    name: urn.split("::").slice(3).join("::"),
    diffs: metadata.diffs ?? [],
    detailedDiff: Object.fromEntries(
      Object.entries(metadata.detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind]),
    ),
    replaceKeys: metadata.keys ?? [],
    oldInputs: (metadata.old?.inputs ?? {}) as Record<string, unknown>,
    newInputs: (metadata.new?.inputs ?? {}) as Record<string, unknown>,
    failed: failed.has(urn),
  };
}

/** Without the engine's colour tags, such as `<{%reset%}>`. */
function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "").trim();
}
