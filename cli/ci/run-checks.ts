import {
  faultFindings,
  judgeMigrations,
  loadSqlParser,
  tellApart,
  unsetVariables,
  type JudgedMigrations,
  type LintFinding,
} from "../../engine/index.js";
import { findKindIn } from "../guard/guarded-types.js";
import { judgePreview } from "../guard/judge-preview.js";
import { misused } from "./misused.js";
import type { Place } from "../place.js";
import { readBaseline } from "./baseline-file.js";
import { checkRepository, withoutKnown, type Findings } from "./check-repository.js";
import type { CheckName, CheckOutcome, CiReport, InfrastructureRisk } from "./ci-report.js";
import { readCiSettings, type CiSettings } from "./ci-settings.js";
import { collectMigrations, type CollectedMigrations } from "./collect-migrations.js";
import { findBase, findWorkTree, type Base, type WorkTree } from "./git.js";
import { rehearseChange, type Rehearsed } from "./rehearse-change.js";
import { readStackPreview, type StackPreview } from "./stack-preview.js";

export interface CiRequest {
  readonly place: Place;
  readonly dir: string | undefined;
  readonly release: string | undefined;
  /** Branch or commit that the change goes into. */
  readonly base: string | undefined;
  /** File with the output of `pulumi preview --json`. */
  readonly preview: string | undefined;
  /** Whose variables must be set in this process. */
  readonly environment: string | undefined;
  /** URNs that may go. */
  readonly allow: readonly string[];
  readonly now: Date;
}

/** Everything a change was looked at by, before what was there before is taken out. */
interface Looked {
  readonly findings: Findings;
  readonly skipped: Readonly<Partial<Record<CheckName, string>>>;
  readonly about: Readonly<Partial<Record<CheckName, string>>>;
  readonly knownOnBase: readonly LintFinding[];
}

export async function runChecks(request: CiRequest): Promise<CiReport> {
  const startedAt = performance.now();
  const { place, preview: file, base: ref } = request;
  const settings = readCiSettings(place.project);
  const workTree = findWorkTree(place.project.root);
  const base = ref === undefined ? undefined : findBase(required(workTree), ref);
  const preview = file === undefined ? undefined : await readStackPreview(file);
  const migrations = await collectMigrations({ ...request, preview, base, workTree });
  const judged = await judge(migrations, request.now);
  const rehearsed = await rehearseChange(migrations, judged.plan);
  const infrastructure = preview === undefined ? null : riskOf(preview, request.allow);
  const looked = [
    ofMigrations(migrations, judged),
    ofRehearsal(rehearsed),
    ofRepository({ request, settings, workTree, base, migrations }),
    ofInfrastructure(infrastructure),
  ];
  return {
    ...conclude(looked, readBaseline(place.project.root)),
    project: preview?.project ?? place.project.name ?? null,
    stack: preview?.stack ?? null,
    ...{ plan: judged.plan, infrastructure, rehearsal: rehearsed.report },
    durationMs: Math.round(performance.now() - startedAt),
  };
}

function required(workTree: WorkTree | undefined): WorkTree {
  if (workTree !== undefined) return workTree;
  throw misused("ci", "--base needs a repository, and there is none here, or no git", "Run it in the checkout.");
}

async function judge(migrations: CollectedMigrations, now: Date): Promise<JudgedMigrations> {
  const { files, fault } = migrations;
  if (fault !== undefined) return { rules: [], phases: faultFindings(fault, "migrations"), plan: null };
  return judgeMigrations({ ...migrations, files, now, loadParser: loadSqlParser });
}

function ofMigrations({ files, comparedWith }: CollectedMigrations, { rules, phases, plan }: JudgedMigrations): Looked {
  const open = plan === null ? "files" : `${plan.pending.length + plan.held.length} of ${files.length} files`;
  const against = comparedWith.kind === "nothing" ? "" : ", the others are their history";
  return {
    ...NOTHING_KNOWN,
    findings: { rules, phases },
    about: { rules: `${open} judged${against}`, phases: "names, grammar, sets, phases, approvals" },
  };
}

const NOTHING_KNOWN = { skipped: {}, about: {}, knownOnBase: [] };

function ofRehearsal({ findings, reason, about }: Rehearsed): Looked {
  return {
    ...NOTHING_KNOWN,
    findings: { rehearsal: findings },
    ...(reason === null ? { about: { rehearsal: about } } : { skipped: { rehearsal: reason } }),
  };
}

interface Repository {
  readonly request: CiRequest;
  readonly settings: CiSettings;
  readonly workTree: WorkTree | undefined;
  readonly base: Base | undefined;
  readonly migrations: CollectedMigrations;
}

const NO_REPOSITORY = "not looked at: the project is in no git repository";

function ofRepository({ request, settings, workTree, base, migrations }: Repository): Looked {
  const unset = request.environment === undefined ? [] : unsetIn(request.environment, settings);
  if (workTree === undefined) {
    const names = ["approvals", "secrets", "sqlite", "seeding", "env-files"] as const;
    const skipped = Object.fromEntries(names.map((name) => [name, NO_REPOSITORY]));
    return { findings: { variables: unset }, skipped, about: {}, knownOnBase: [] };
  }
  const { now, place } = request;
  const around = { migrations: migrations.files, settings, now, root: place.project.root };
  const { findings, known, looked } = checkRepository(workTree, base, around);
  const files = `${looked} files under version control`;
  return {
    findings: { ...findings, variables: [...(findings.variables ?? []), ...unset] },
    skipped: {},
    about: {
      ...{ secrets: files, sqlite: `${files}, tests aside`, seeding: "scripts, pipelines and seeds" },
      ...{ "env-files": "no .env under version control", approvals: "Pulumi.<stack>.yaml" },
      variables: Object.keys(settings.environments).join(", "),
    },
    knownOnBase: known,
  };
}

function unsetIn(environment: string, { environments }: CiSettings): LintFinding[] {
  const known = Object.keys(environments);
  const asked = environments[environment];
  if (asked !== undefined) return unsetVariables(environment, asked, process.env);
  throw misused(
    "ci",
    `"${environment}" is no environment of it`,
    `Known: ${known.join(", ")}. holdfast.json lists them.`,
  );
}

function riskOf(preview: StackPreview, allow: readonly string[]): InfrastructureRisk {
  return { ...judgePreview(preview, findKindIn([]), allow), steps: preview.steps.length, errors: preview.errors };
}

function ofInfrastructure(risk: InfrastructureRisk | null): Looked {
  if (risk === null) {
    const skipped = { infrastructure: "not looked at: no preview of a stack was given (--preview)" };
    return { ...NOTHING_KNOWN, findings: {}, skipped };
  }
  const place = { severity: "error", file: "Pulumi.yaml", line: 1, column: 1 } as const;
  const lost = risk.refused.map(({ urn, kind, name, fate, cause, next }) => ({
    ...{ rule: "infrastructure-loss", ...place, message: `The ${kind} ${name} would be ${fate}: ${cause} (${urn}).` },
    fix: next,
  }));
  const failed = risk.errors === 0 ? [] : [{ rule: "preview-failed", ...place, ...PREVIEW_FAILED }];
  const about = { infrastructure: `${risk.steps} steps of the preview` };
  return { ...NOTHING_KNOWN, findings: { infrastructure: [...lost, ...failed] }, about };
}

const PREVIEW_FAILED = {
  message: "The stack's preview itself failed.",
  fix: "Correct what its diagnostics say, and preview again: what would be deleted was perhaps not planned yet.",
};

const ORDER: readonly CheckName[] = [
  ...(["rules", "phases", "rehearsal", "approvals", "variables"] as const),
  ...(["secrets", "sqlite", "seeding", "env-files", "infrastructure"] as const),
];

function conclude(
  looked: readonly Looked[],
  baseline: Parameters<typeof tellApart>[1],
): Pick<CiReport, "ok" | "checks" | "findings" | "known"> {
  const all: Findings = Object.assign({}, ...looked.map(({ findings }) => findings)) as Findings;
  const known = [...baseline, ...looked.flatMap(({ knownOnBase }) => knownOnBase)];
  const fresh = withoutKnown(all, known);
  const skipped = Object.assign({}, ...looked.map((one) => one.skipped)) as Looked["skipped"];
  const about = Object.assign({}, ...looked.map((one) => one.about)) as Looked["about"];
  const checks = ORDER.map((name): CheckOutcome => {
    const hasFailed = (fresh[name] ?? []).some(({ severity }) => severity === "error");
    const outcome = hasFailed ? "failed" : skipped[name] === undefined ? "passed" : "skipped";
    return { name, outcome, about: skipped[name] ?? about[name] ?? "" };
  });
  const findings = ORDER.flatMap((name) => fresh[name] ?? []);
  const isFresh = new Set(findings);
  return {
    ok: checks.every(({ outcome }) => outcome !== "failed"),
    ...{ checks, findings },
    known: ORDER.flatMap((name) => all[name] ?? []).filter((finding) => !isFresh.has(finding)),
  };
}
