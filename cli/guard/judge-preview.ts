import { HoldfastError } from "../../engine/index.js";
import { explain, type Reason } from "./explain-step.js";
import type { FindKind, GuardedKind } from "./guarded-types.js";
import type { PlannedStep, ReadPreview } from "./planned-step.js";
import { nameOf } from "./read-step.js";

export type Fate = "replaced" | "deleted" | "forgotten";

/** One resource that the preview would cost. */
export interface Finding extends Reason {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly kind: GuardedKind;
  readonly fate: Fate;
  /** The engine's names of the planned operations. */
  readonly operations: readonly string[];
}

export interface Verdict {
  readonly refused: readonly Finding[];
  /** Those that `--allow` names. */
  readonly allowed: readonly Finding[];
  /** URNs of `--allow` for which nothing is planned. */
  readonly idle: readonly string[];
}

/** pkg/resource/deploy/step.go (Pulumi 3.245): every operation, by what becomes of the resource it is planned for. */
const FATES: Readonly<Record<string, Fate | null>> = {
  ...{ same: null, create: null, update: null, refresh: null, import: null, diff: null, read: null },
  ...{ replace: "replaced", "create-replacement": "replaced", "delete-replaced": "replaced" },
  ...{ "read-replacement": "replaced", "import-replacement": "replaced", "discard-replaced": "replaced" },
  ...{ "remove-pending-replace": "replaced", delete: "deleted", discard: "forgotten" },
};

/** @throws HoldfastError invalid_preview for an operation of a watched resource that is not known */
export function judgePreview({ steps }: ReadPreview, findKind: FindKind, allow: readonly string[]): Verdict {
  const watched = steps.flatMap((step) => {
    const kind = findKind(step.type);
    const fate = kind === undefined ? undefined : fateOf(step);
    return kind === undefined || fate === undefined ? [] : [{ step, kind, fate }];
  });
  const findings = [...new Set(watched.map(({ step }) => step.urn))].map((urn): Finding => {
    const own = watched.filter(({ step }) => step.urn === urn);
    const [{ step, kind, fate }] = own as [(typeof own)[number]];
    const operations = [...new Set(own.map(({ step: { op } }) => op))];
    const planned = own.map((one) => one.step);
    return { urn, name: nameOf(urn), type: step.type, kind, fate, operations, ...explain(fate, planned, steps) };
  });
  return {
    refused: findings.filter(({ urn }) => !allow.includes(urn)),
    allowed: findings.filter(({ urn }) => allow.includes(urn)),
    idle: allow.filter((urn) => findings.every((finding) => finding.urn !== urn)),
  };
}

function fateOf(step: PlannedStep): Fate | undefined {
  const fate = FATES[step.op];
  if (fate === undefined) throw unknownOperation(step);
  if (step.op === "delete" && step.before?.isRetainedOnDelete === true) return "forgotten";
  return isLetGo(step) ? "forgotten" : (fate ?? undefined);
}

/** Reading a resource under the name it was managed by makes Pulumi give it up (step_generator.go calls it "relinquish"). */
export function isLetGo({ op, before, after }: PlannedStep): boolean {
  return op === "read" && before?.isExternal === false && after?.isExternal === true;
}

function unknownOperation({ op, urn }: PlannedStep): HoldfastError {
  return new HoldfastError(
    "invalid_preview",
    `The preview plans "${op}" for ${urn}, which this version does not know.`,
    {
      next: "Look at the preview yourself, and update Holdfast.",
    },
  );
}
