import { parseReviewedPlan, type ReviewedPlan } from "../engine/index.js";

/**
 * How a deploy by Pulumi learns what was reviewed. In the environment and no input of a resource: it differs with every deploy,
 * and is no change of the stack.
 */
export const REVIEWED_PLAN_VARIABLE = "HOLDFAST_REVIEWED_PLAN";

export const REVIEWED_PLAN_FLAG = {
  "reviewed-plan": {
    type: "string",
    value: "PLAN",
    about: "a plan digest, or what `holdfast reviewed-plan` prints: refuse to run anything else",
  },
} as const;

export interface ReviewedPlanFlag {
  readonly "reviewed-plan"?: string;
}

/** @throws HoldfastError invalid_usage for a text that is no plan */
export function reviewedPlanOf(text: string | undefined): { readonly reviewedPlan?: ReviewedPlan } {
  return text === undefined ? {} : { reviewedPlan: parseReviewedPlan(text) };
}
