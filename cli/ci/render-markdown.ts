import { renderReviewedPlan, type LintFinding, type RehearsalReport, type SchemaPlan } from "../../engine/index.js";
import { formatDuration, formatInstant, plural } from "../format.js";
import type { CiReport } from "./ci-report.js";
import { comparisonOf, headlineOf, LISTED_FILES, listed, mannerOf, oldReleaseOf } from "./describe-plan.js";
import { escapeMarkdown as text, linkTo, table, type Links } from "./markdown.js";

/** How a comment says whose it is. It stands in its first line, and nobody sees it. */
export function markerOf(project: string | null, stack: string | null): string {
  return `<!-- holdfast:${project ?? "project"}/${stack ?? "files"} -->`;
}

/** How a comment hands the plan on to the deploy, with the commit it is of. */
export function planMarker(commit: string, plan: SchemaPlan): string {
  return `<!-- holdfast-plan commit=${commit} ${renderReviewedPlan(plan.pendingSet)} -->`;
}

/** For a pull request's comment and a job's summary: risk to the infrastructure and to the schema, together. */
export function renderMarkdown(report: CiReport, links: Links): string {
  const { plan, stack, findings, ok, rehearsal } = report;
  const isReviewable = plan !== null && ["first-deploy", "deploy", "database"].includes(plan.comparedWith.kind);
  const parts = [
    markerOf(report.project, stack),
    ...(isReviewable && links.commit !== undefined ? [planMarker(links.commit, plan)] : []),
    `### Holdfast${stack === null ? "" : `: ${text(stack)}`}: ${plan === null ? "files are faulty" : headlineOf(plan)}`,
    "",
    ...overview(report),
    ...(plan === null ? [] : [...pendingTable(plan, rehearsal, links), ...heldTable(plan, links)]),
    ...findingList(findings, links),
    ...infrastructureTable(report),
    ...checkTable(report),
    ok ? "" : "**This change must not go out as it is.**",
  ];
  return parts.join("\n").trimEnd();
}

function overview({ plan, infrastructure, known }: CiReport): string[] {
  const lost = infrastructure?.refused.length ?? 0;
  const risk =
    infrastructure === null
      ? "not previewed"
      : infrastructure.errors > 0
        ? `**the preview failed** (${plural(infrastructure.errors, "error")})`
        : lost === 0
          ? `no database, secret, key or backup is lost (${plural(infrastructure.steps, "step")} read)`
          : `**${plural(lost, "resource")} would be lost**`;
  const [works = "", ...because] = plan === null ? ["not known"] : oldReleaseOf(plan.oldRelease).split("\n");
  const rows = [
    ["Old release still works", [`**${works}**`, ...because.map(text)].join("<br>")],
    ["Infrastructure", risk],
    ...(plan === null
      ? []
      : [
          ["Plan", comparisonOf(plan.comparedWith)],
          ["Plan digest", `\`${plan.digest}\``],
        ]),
    ...(known.length === 0 ? [] : [["From before this change", plural(known.length, "finding")]]),
  ];
  return table(["", ""], rows);
}

function pendingTable({ pending }: SchemaPlan, rehearsal: RehearsalReport | null, links: Links): string[] {
  if (pending.length === 0) return [];
  const { shown, more } = listed(pending);
  const rows = shown.map((file) => {
    const seen = rehearsal?.files.find(({ version }) => version === file.version);
    const measured = seen?.outcome === "rehearsed" ? seen : undefined;
    return [
      linkTo(links, file.path, file.line, file.name),
      text(mannerOf(file)),
      locksOf(file, measured),
      measured === undefined ? (seen?.outcome ?? "not rehearsed") : timeOf(measured),
      measured === undefined ? "" : String(sum(measured.statements.map((statement) => statement.rows))),
    ];
  });
  const rest = more === 0 ? [] : [`… and ${more} more`, ""];
  return ["#### Will run", "", ...table(["File", "Does", "Locks", "Measured", "Rows"], rows), ...rest];
}

type Seen = RehearsalReport["files"][number];

/** What the server did says more than what the statements show. */
function locksOf({ locks, isOpaque }: SchemaPlan["pending"][number], seen: Seen | undefined): string {
  const observed = seen?.statements.flatMap((statement) => [
    ...statement.locks
      .filter(({ isStrong }) => isStrong)
      .map(({ relation, mode }) => `${text(relation)} (${spelled(mode)})`),
    ...statement.rewrites.map((relation) => `**rewrites ${text(relation)}**`),
    ...statement.scans.map((relation) => `scans ${text(relation)}`),
  ]);
  const told = observed ?? [...locks.map(text), ...(isOpaque ? ["code whose locks do not show"] : [])];
  return told.length === 0 ? "none that stops writers" : [...new Set(told)].join("<br>");
}

/** `AccessExclusiveLock` of pg_locks as the manual and LOCK TABLE spell it. */
function spelled(mode: string): string {
  return mode
    .replace(/Lock$/, "")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toUpperCase();
}

function timeOf({ statements }: Seen): string {
  return formatDuration(sum(statements.map(({ durationMs }) => durationMs)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function heldTable({ held }: SchemaPlan, links: Links): string[] {
  if (held.length === 0) return [];
  const { shown, more } = listed(held);
  const rows = shown.map(({ path, name, reason, dueAt, approver }) => [
    linkTo(links, path, 1, name),
    text(reason),
    dueAt === null ? "no date is known" : formatInstant(new Date(dueAt)),
    approver === null ? "nobody yet" : text(approver),
  ]);
  const rest = more === 0 ? [] : [`… and ${more} more`, ""];
  return ["#### Held", "", ...table(["File", "Why", "Due", "Approved by"], rows), ...rest];
}

function findingList(findings: readonly LintFinding[], links: Links): string[] {
  if (findings.length === 0) return [];
  const lines = findings
    .slice(0, LISTED_FILES)
    .flatMap(({ severity, rule, file, line, message, fix }) => [
      `- **${severity}** ${linkTo(links, file, line, `${file}:${line}`)}: ${text(message)} (${rule})`,
      ...(fix === undefined ? [] : [...fence(fix).map((one) => `  ${one}`)]),
    ]);
  const more = findings.length - LISTED_FILES;
  return ["#### Findings", "", ...lines, ...(more > 0 ? [`- … and ${more} more`] : []), ""];
}

/** A fence that nothing inside can close. */
function fence(body: string): string[] {
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const marks = "`".repeat(longest + 1);
  return [`${marks}text`, ...body.split("\n"), marks];
}

function infrastructureTable({ infrastructure }: CiReport): string[] {
  if (infrastructure === null || infrastructure.refused.length + infrastructure.allowed.length === 0) return [];
  const row = (mark: string) => (one: (typeof infrastructure.refused)[number]) => [
    text(one.name),
    one.kind,
    text(one.type),
    `${one.fate}${mark}`,
    text(`${one.cause}. ${one.next}`),
  ];
  const rows = [...infrastructure.refused.map(row("")), ...infrastructure.allowed.map(row(", allowed"))];
  return ["#### Infrastructure at risk", "", ...table(["Resource", "Kind", "Type", "Would be", "Because"], rows)];
}

function checkTable({ checks, durationMs }: CiReport): string[] {
  const rows = checks.map(({ name, outcome, about }) => [name, outcome, text(about)]);
  const summary = `<details><summary>Checks (${formatDuration(durationMs)})</summary>`;
  return [summary, "", ...table(["Check", "Outcome", "About"], rows), "</details>", ""];
}
