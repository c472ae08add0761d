import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import type { DeploySummary, ReportedMigration } from "../engine/core/deploy-summary.js";
import { runEntry } from "./entry-point.js";

/** What `holdfast/preview` answers. */
export interface PreviewAnswer {
  /** One clean text with all faults; null where there is none. */
  readonly faults: string | null;
  /** What would run and what waits, for people. */
  readonly plan: readonly string[];
}

/** What the deploy is told, and what has to be looked up first. */
export interface CheckedRequest {
  readonly request: object;
  readonly promotion: Promise<object | undefined>;
}

/**
 * A hook that stops a deploy before its command runs, in the preview as in `up` (also with --skip-preview), when a file is
 * faulty or unsafe. In a preview it tells what would run, by comparing the files with what the last deploy found applied; so
 * it works where the database cannot be reached. The command checks again against the database itself.
 *
 * Hooks are known by name in the whole program, hence the component's name in it.
 */
export function checkBeforeRun(
  name: string,
  { request, promotion }: CheckedRequest,
  resource: pulumi.Resource,
): pulumi.ResourceHook {
  const check = async ({ oldOutputs }: pulumi.ResourceHookArgs): Promise<void> => {
    const asked = { ...request, promotion: await promotion, applied: appliedBefore(oldOutputs) };
    const answer = (await runEntry("preview", asked)) as PreviewAnswer;
    if (answer.faults !== null) throw new Error(answer.faults);
    if (pulumi.runtime.isDryRun()) await pulumi.log.info(answer.plan.join("\n"), resource);
  };
  // The engine calls hooks from outside the program's context, in which its settings and its log are found.
  return new pulumi.ResourceHook(`${name}:check`, AsyncResource.bind(check), { onDryRun: true });
}

/** Null before the first deploy, when there is nothing to compare with. */
function appliedBefore(oldOutputs: Record<string, unknown> | undefined): readonly ReportedMigration[] | null {
  const stdout = oldOutputs?.["stdout"];
  if (typeof stdout !== "string") return null;
  const summary = JSON.parse(stdout) as Partial<DeploySummary>;
  return summary.appliedMigrations ?? null;
}
