import { lintFiles, loadSqlParser, planOfSteps, type LintFinding, type PlanResult } from "../../engine/index.js";
import { sourceOf, type DeploymentFlags } from "../deployment.js";
import type { Target } from "../instances.js";
import type { CiReport } from "./ci-report.js";

/** A plan that was made on a database, as the formats of `holdfast ci` render it: with what the rules say of what would run. */
export async function planReport(target: Target, plan: PlanResult, flags: DeploymentFlags): Promise<CiReport> {
  const startedAt = performance.now();
  const now = new Date();
  const files = await sourceOf(target, flags).load();
  const versions = new Set(plan.pendingSet.map(({ version }) => version));
  const names = files.filter(({ version }) => versions.has(version)).map(({ name }) => name);
  const { findings, breaking } = await lintFiles({ files, now, loadParser: loadSqlParser }, names);
  const approvals = target.listed.approvals ?? [];
  const comparedWith = { kind: "database", at: now.toISOString() } as const;
  return {
    ok: !hasError(findings),
    project: target.place.project.name ?? null,
    stack: target.name,
    checks: [
      { name: "rules", outcome: hasError(findings) ? "failed" : "passed", about: `${names.length} files judged` },
    ],
    ...{ findings, known: [], infrastructure: null, rehearsal: null },
    plan: planOfSteps(plan, files, { comparedWith, approvals, breaking }),
    durationMs: Math.round(performance.now() - startedAt),
  };
}

function hasError(findings: readonly LintFinding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}
