import type { Way, WaysBack } from "../engine/index.js";

/** How many tables of an estimate are named. */
const MOST_TABLES = 10;

/** The situation, and each way with what it does, what it loses and its command. */
export function renderWays(name: string, { situation, ways, unreachable }: WaysBack): string {
  return [...situationLines(name, situation, unreachable), ...ways.flatMap((way) => ["", ...wayLines(way)])].join("\n");
}

function situationLines(name: string, situation: WaysBack["situation"], unreachable: string | null): string[] {
  const { kind, incident, lastRun, halfRun, unverified, retired } = situation;
  if (unreachable !== null) return [`${name} does not answer: ${unreachable}`];
  const versions = (rows: readonly { readonly version: string }[]): string =>
    rows.map(({ version }) => version).join(", ");
  const heads = {
    failed: `The last run on ${name} did not reach its end.`,
    applied: `The last run on ${name} went well.`,
    empty: `Nothing has run on ${name}.`,
  };
  return [
    heads[kind],
    ...(incident === null ? [] : [`  failed      ${incident.error.message}`]),
    ...(lastRun.length === 0 ? [] : [`  last run    applied ${versions(lastRun)}`]),
    ...(halfRun === null ? [] : [`  half-run    ${halfRun.file}`]),
    ...(unverified.length === 0 ? [] : [`  unverified  ${versions(unverified)}`]),
    ...(retired.length === 0 ? [] : [`  retired     ${versions(retired)}`]),
  ];
}

function wayLines({ way, does, whyNot, loses, command }: Way): string[] {
  const [first = "", ...rest] = does;
  return [
    way,
    `  does     ${first}`,
    ...rest.map((line) => `           ${line}`),
    ...(whyNot === null ? [] : [`  not now  ${whyNot}`]),
    ...(loses === null ? [] : lossLines(loses)),
    ...(whyNot === null ? [`  command  ${command}`] : []),
  ];
}

function lossLines({ text, facts, basis, estimates }: NonNullable<Way["loses"]>): string[] {
  const shown = estimates.slice(0, MOST_TABLES).map(({ table, rows }) => `${table} ${describeRows(rows, basis)}`);
  const more = estimates.length > MOST_TABLES ? [`and ${estimates.length - MOST_TABLES} more tables`] : [];
  return [
    `  loses    ${text}`,
    ...facts.map((fact) => `           ${fact}`),
    ...(basis === null ? [] : [`           ${estimateHead(basis)}: ${[...shown, ...more].join(", ") || "no table"}`]),
  ];
}

function estimateHead(basis: "changes" | "counts"): string {
  return basis === "changes"
    ? "estimate, by the server's counters, of rows written since"
    : "estimate, by rows then and now (changed rows are not seen)";
}

function describeRows(rows: number, basis: "changes" | "counts" | null): string {
  const sign = basis === "counts" && rows > 0 ? "+" : "";
  return `${sign}${rows.toLocaleString("en-US")}`;
}
