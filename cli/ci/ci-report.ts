import type { LintFinding, RehearsalReport, SchemaPlan } from "../../engine/index.js";
import type { Verdict } from "../guard/judge-preview.js";

export type CheckName =
  | "rules"
  | "phases"
  | "rehearsal"
  | "approvals"
  | "variables"
  | "secrets"
  | "sqlite"
  | "seeding"
  | "env-files"
  | "infrastructure";

/** One check of a change, and what came of it. */
export interface CheckOutcome {
  readonly name: CheckName;
  /** `skipped`: it could not run here; `about` says why. */
  readonly outcome: "passed" | "failed" | "skipped";
  /** A clause: what was looked at, or why not. */
  readonly about: string;
}

/** What a preview of the stack would do to what holds data. */
export interface InfrastructureRisk extends Verdict {
  /** Steps of the preview. */
  readonly steps: number;
  /** Errors the preview told. Above 0 it failed. */
  readonly errors: number;
}

/** Everything a pull request must pass; what every format renders. */
export interface CiReport {
  readonly ok: boolean;
  /** As Pulumi.yaml names it; null where there is none. */
  readonly project: string | null;
  /** Null where no stack was previewed. */
  readonly stack: string | null;
  readonly checks: readonly CheckOutcome[];
  /** Of this change. Only errors fail it. */
  readonly findings: readonly LintFinding[];
  /** Those that were there before: on the base branch, or in the recorded baseline. */
  readonly known: readonly LintFinding[];
  /** Null while a fault hides what would run. */
  readonly plan: SchemaPlan | null;
  /** Null where there is no preview of a stack. */
  readonly infrastructure: InfrastructureRisk | null;
  /** Null where nothing was rehearsed; the check says why. */
  readonly rehearsal: RehearsalReport | null;
  readonly durationMs: number;
}
