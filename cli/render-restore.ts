import type { LocalInstance, RestoreReport, RestoreTarget } from "../engine/index.js";
import { plural } from "./format.js";
import { renderTable } from "./render-table.js";
import type { Terminal } from "./terminal.js";

/** What the report does not hold. */
export interface RestoreView {
  /** Set where it is an embedded database. */
  readonly local: LocalInstance | undefined;
  /** It was made out of a dump, on the server of the first one. */
  readonly isOnServer: boolean;
  readonly wanted: RestoreTarget;
  readonly terminal: Terminal;
}

/** Objects of a schema that are listed before the rest is counted. */
const MOST_OBJECTS = 20;

export function renderRestore(report: RestoreReport, view: RestoreView): string {
  const { instance, from, user, host, port, database } = report;
  const { local } = view;
  return [
    `Restored ${from} as ${instance}${instance === from ? "" : ", beside it"}: ${describeInstant(report, view.wanted)}`,
    ...(report.backup === null ? [] : [`  backup    ${report.backup}`]),
    `  address   postgres://${user}@${host}:${port}/${database}`,
    ...(local === undefined ? [] : [`  password  in ${local.passwordFile}`]),
    ...describeCheck(report),
    ...describeManifest(report),
    "",
    ...describeLive(report, view.terminal),
    "",
    ...wayOn(report, view),
  ].join("\n");
}

function describeInstant({ reachedAt, isEnd }: RestoreReport, wanted: RestoreTarget): string {
  const at = reachedAt === null ? "an instant that is not known" : exact(reachedAt);
  if (wanted.kind === "latest") return `to its end, the last commit at ${at}.`;
  if (wanted.kind === "before") return `as it was just before ${wanted.version} began (${at}).`;
  if (wanted.kind === "backup" || !isEnd) return `as it was at ${at}.`;
  return `to its end. The last commit there is was at ${at}, before the wanted ${exact(wanted.at)}.`;
}

/** To the millisecond. */
function exact(instant: Date): string {
  return instant.toISOString().replace("T", " ").replace("Z", " UTC");
}

function describeCheck({ check }: RestoreReport): string[] {
  if ("why" in check) return [`  check     not made: ${check.why}`];
  const faults = check.findings.filter(({ level }) => level === "fault");
  if (faults.length === 0) return ["  check     sound"];
  const rest = faults.map(({ message }) => `            ${message}`);
  return [`  check     ${plural(faults.length, "fault")}; they were in the database when it was taken:`, ...rest];
}

function describeManifest({ manifest }: RestoreReport): string[] {
  if (manifest === null) return ["  manifest  not compared: nothing was counted at that instant"];
  const { tables, isSchemaSame } = manifest;
  const schema = isSchemaSame === false ? ["            the schema is not the one of the manifest"] : [];
  if (tables?.length === 0 && schema.length === 0) return ["  manifest  rows and schema as it says"];
  const notCounted = "no rows were counted when it was taken";
  if (tables === null && schema.length === 0) {
    return [`  manifest  ${isSchemaSame === null ? "not compared" : "schema as it says"}: ${notCounted}`];
  }
  const rows = (tables ?? []).map(
    ({ table, expected, found }) => `            ${table}: ${found ?? "missing"} in place of ${expected ?? "none"}`,
  );
  return ["  manifest  differs:", ...rows, ...schema];
}

function describeLive({ live, from, instance }: RestoreReport, terminal: Terminal): string[] {
  if (live === null) return [`Not compared with ${from}: it is gone.`];
  if ("why" in live) return [`Not compared with ${from}: ${live.why}.`];
  const { schema, tables, isSchemaComparable } = live;
  if (isSchemaComparable && schema.length === 0 && tables.length === 0) {
    return [`${from} has the same schema and as many rows in every table.`];
  }
  const objects = schema.slice(0, MOST_OBJECTS).map(({ object, change }) => `  ${change.padEnd(8)}  ${object}`);
  const more = schema.length > MOST_OBJECTS ? [`  and ${schema.length - MOST_OBJECTS} more: --json lists them`] : [];
  const rows = tables.map((one) => [
    `  ${one.table}`,
    one.isCounted || one.restored !== null ? count(one.restored) : "not counted",
    one.isCounted || one.live !== null ? count(one.live) : "not counted",
  ]);
  return [
    ...(isSchemaComparable ? [] : ["The schemas are of two major versions of PostgreSQL, and were not compared."]),
    ...(schema.length === 0 ? [] : [`Since then, in the schema of ${from}:`, ...objects, ...more]),
    ...(rows.length === 0 ? [] : ["Rows that differ:", renderTable(["  table", instance, from], rows, terminal)]),
  ];
}

function count(rows: number | null): string {
  return rows === null ? "no such table" : String(rows);
}

function wayOn(report: RestoreReport, { local, isOnServer }: RestoreView): string[] {
  const { instance, from, user, host, port, database } = report;
  const url = `postgres://${user}@${host}:${port}/${database}`;
  return [
    "How to go on:",
    `  look at it    holdfast status ${instance}; holdfast sql ${instance} "SELECT …"`,
    isOnServer
      ? `  take it over  as the url of ${from} in holdfast.json: "${url}"`
      : `  take it over  holdfast switch ${from} --to ${instance}`,
    ...(local === undefined ? [] : [`  remove it     holdfast local stop ${instance}, then delete ${local.directory}`]),
    ...(isOnServer ? [`  remove it     DROP DATABASE, on that server`] : []),
  ];
}
