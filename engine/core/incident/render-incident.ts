import { HoldfastError } from "../errors.js";
import { redactUrls } from "../redact-urls.js";
import { notRun, type Incident, type IncidentDecision } from "./incident.js";
import { collapse } from "./timeline.js";

const DECISION = "## Decision taken";
const DATA = "## Data";

/**
 * A page for people, which they fill in by hand, with the data it was made from in a block at its end for tools. It holds no
 * row value and no secret: literals are blotted out, and DETAIL was never taken in.
 */
export function renderIncident(incident: Incident): string {
  const { project, instance, error, at } = incident;
  return redactUrls(
    [
      `# Incident: ${project}/${instance}, ${error.code}, ${clock(at)}`,
      "",
      error.message,
      "",
      ...facts(incident),
      ...nextLines(error.next),
      ...section("## Timeline", timelineLines(incident)),
      ...section("## Statements", statementLines(incident)),
      ...section("## What stays", stayingLines(incident)),
      ...section("## Backup", backupLines(incident)),
      ...section("## Immediate actions", immediateActions(incident)),
      ...section(DECISION, decisionLines(incident)),
      ...section("## Post-incident", QUESTIONS),
      ...section(DATA, dataLines(incident)),
    ].join("\n") + "\n",
  );
}

/**
 * The data of a page, whatever people wrote into it.
 * @param where the file's path, for the message
 * @throws HoldfastError invalid_config where the data is gone or not ours
 */
export function readIncident(text: string, where: string): Incident {
  const json = dataBlock(text)?.json;
  const data = json === undefined ? undefined : parse(json);
  if (data?.format === 1 && typeof data.at === "string" && typeof data.error?.code === "string")
    return data as Incident;
  throw new HoldfastError("invalid_config", `${where} does not describe an incident: its data cannot be read.`, {
    next: "The page stays readable for people. Put the block under “Data” back, or move the file away.",
  });
}

/** The page with the decision in its place; what people wrote elsewhere stays as it is. @throws HoldfastError invalid_config */
export function withDecision(text: string, decision: IncidentDecision, where: string): string {
  const incident = { ...readIncident(text, where), decision };
  const start = text.lastIndexOf(`\n${DECISION}\n`);
  const decided = text.slice(0, start < 0 ? text.indexOf(`\n${DATA}\n`) : start);
  const rest = start < 0 ? "" : afterSection(text.slice(start + 1));
  const kept = rest.slice(0, Math.max(0, rest.indexOf(`${DATA}\n`)));
  const parts = [
    ...section(DECISION, decisionLines(incident)),
    "",
    kept.trimEnd(),
    ...section(DATA, dataLines(incident)),
  ];
  return redactUrls(`${decided.trimEnd()}\n${parts.join("\n")}\n`);
}

function afterSection(text: string): string {
  const next = text.indexOf("\n## ");
  return next < 0 ? "" : text.slice(next + 1);
}

function dataBlock(text: string): { readonly json: string } | undefined {
  const start = text.lastIndexOf(`\n${DATA}\n`);
  const json = start < 0 ? undefined : /```json\n([^]*?)\n```/.exec(text.slice(start))?.[1];
  return json === undefined ? undefined : { json };
}

function parse(json: string): (Partial<Incident> & { readonly error?: Incident["error"] }) | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function section(title: string, lines: readonly string[]): string[] {
  return ["", title, "", ...lines];
}

function facts({ environment, database, release, run, schemaVersion, file, error }: Incident): string[] {
  const state = error.sqlState === undefined ? "" : `, SQLSTATE ${error.sqlState}`;
  return [
    `- error: \`${error.code}\`${state}, exit code ${error.exitCode}`,
    ...(file === null ? [] : [`- file: ${file}`]),
    `- release: ${release}, on schema ${schemaVersion ?? "(empty)"}`,
    `- database: ${database}${environment === null ? "" : `, environment ${environment}`}`,
    `- run: ${run.id}, begun ${clock(run.startedAt)}`,
  ];
}

function nextLines(next: string | undefined): string[] {
  if (next === undefined) return [];
  return ["", "What to do next:", "", ...next.split("\n").map((line) => `- ${line}`)];
}

function timelineLines({ timeline }: Incident): string[] {
  return collapse(timeline).map(({ at, what }) => `- ${at.slice(11, 23)} ${what.replace(/\s+/g, " ")}`);
}

function statementLines({ file, statements }: Incident): string[] {
  if (file === null || statements.length === 0) return ["No statement of a file failed."];
  const width = Math.max(...statements.map(({ line, column }) => `${line}:${column}`.length));
  return [
    `Of ${file}, by line and column, literals blotted out; an arrow points at the one that failed.`,
    "",
    ...statements.map(
      ({ line, column, text, hasFailed }) =>
        `    ${hasFailed ? "→" : " "} ${`${line}:${column}`.padStart(width)}  ${text}`,
    ),
  ];
}

function stayingLines(incident: Incident): string[] {
  const rest = notRun(incident);
  return [
    `- applied by this run, and stays: ${incident.applied.join(", ") || "nothing"}`,
    `- not run, or not finished: ${rest.join(", ") || "nothing"}`,
  ];
}

function backupLines({ backup }: Incident): string[] {
  if (backup === null) return ["This run took none."];
  return [`\`${backup.id}\` (${backup.kind}), taken before anything ran:`, "", `    ${backup.restore}`];
}

function immediateActions({ instance }: Incident): string[] {
  return [
    "- [ ] Stop the deployment: no other one until this is decided.",
    `- [ ] Assess the impact: \`holdfast status ${instance}\`, \`holdfast check ${instance}\`, and the application's own health.`,
    "- [ ] Notify the team.",
    `- [ ] Choose the way back: \`holdfast undo ${instance}\` explains the ways, and what each of them loses.`,
    "- [ ] Verify data integrity afterwards: `holdfast check`, and the queries that the business goes by.",
  ];
}

function decisionLines({ decision, instance }: Incident): string[] {
  if (decision === null) return [`None yet. \`holdfast undo ${instance}\` notes here what was chosen.`];
  const { way, at, command, outcome } = decision;
  return [`- way: ${way}`, `- when: ${clock(at)}`, `- command: \`${command}\``, `- outcome: ${outcome}`];
}

const QUESTIONS = [
  "- What went wrong, and why did nobody see it before?",
  "- Whom did it stop, for how long, and is any data to be mended?",
  "- Would `holdfast lint`, `rehearse` or staging have shown it? What is missing there?",
  "- Which migration procedures change?",
  "- Which test would have failed?",
];

function dataLines(incident: Incident): string[] {
  const data = { ...incident, timeline: collapse(incident.timeline) };
  return ["For tools; the page above was made from it.", "", "```json", JSON.stringify(data, null, 2), "```"];
}

/** `2026-01-19 09:30:00 UTC` */
function clock(at: string): string {
  return `${at.slice(0, 19).replace("T", " ")} UTC`;
}
