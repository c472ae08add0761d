import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { OpMap, OutputMap } from "@pulumi/pulumi/automation/index.js";
import { dataRoot, type LocalInstance } from "../../engine/index.js";
import { findOnPath } from "../../toolchain/find-on-path.js";
import { installCommand, type ProviderName } from "../../toolchain/provider-plugin.js";
import { pulumiEnvironment } from "../../toolchain/pulumi-home.js";
import type { PreparedHome } from "./prepare-home.js";
import type { EngineCommand } from "./read-start-arguments.js";
import type { RunOutcome } from "./run-on-engine.js";

export interface SummaryFacts {
  readonly command: EngineCommand;
  readonly stack: string;
  readonly home: PreparedHome;
  readonly outcome: RunOutcome;
  /** The stack's database, where it is one of this machine. */
  readonly embedded: LocalInstance | undefined;
  /** Wall time of the whole command. */
  readonly seconds: number;
}

/** The stack's outputs that are told; a stack of another program may lack any of them. */
interface Told {
  readonly instance?: {
    readonly connection: {
      readonly host: string;
      readonly port: number;
      readonly database: string;
    };
    readonly schemaVersion: string;
    readonly release: string;
    readonly backupsAt: string;
  };
  readonly ran?: readonly string[];
  readonly held?: readonly { readonly version: string; readonly reason: string }[];
}

/** What the run came to, where everything is, and what to do next. */
export function renderSummary(facts: SummaryFacts): string {
  const { command, stack, outcome, seconds } = facts;
  const head = `${stack}: ${HEADS[command]} in ${seconds.toFixed(1)} s, ${describeChanges(outcome.changes)}`;
  const rows = command === "up" ? deployRows(facts) : command === "destroy" ? destroyRows(facts) : [];
  return [head, ...rows.map(([label, text]) => renderRow(label, text))].join("\n");
}

const HEADS: Readonly<Record<EngineCommand, string>> = {
  up: "deployed",
  preview: "previewed",
  refresh: "refreshed",
  destroy: "destroyed",
};

type SummaryRow = readonly [label: string, text: string];

function renderRow(label: string, text: string): string {
  return text
    .split("\n")
    .map((line, index) => `  ${(index === 0 ? label : "").padEnd(10)}${line}`)
    .join("\n");
}

function describeChanges(changes: OpMap): string {
  const parts = Object.entries(changes).map(([op, count]) => `${count} to ${op}`);
  return parts.length === 0 ? "nothing changed (0 resources)" : parts.join(", ");
}

function deployRows({ home, outcome, stack, embedded }: SummaryFacts): SummaryRow[] {
  const { instance, ran: reported = [], held = [] } = plainOutputs(outcome.outputs) as Told;
  // The output is that of the last deploy whose command ran.
  const ran = outcome.changed.some((urn) => urn.includes("holdfast:index:SchemaMigrations$command")) ? reported : [];
  const rows: SummaryRow[] = [];
  if (instance !== undefined) {
    const { connection, schemaVersion, release, backupsAt } = instance;
    const { host, port, database } = connection;
    rows.push(
      ["database", `${host}:${port}/${database}`],
      ["connect", [`npx holdfast sql ${stack}`, ...(embedded === undefined ? [] : [psqlCommand(embedded)])].join("\n")],
      ["schema", `${schemaVersion}, release ${release}`],
      ["ran", ran.length === 0 ? "no migration" : ran.join("\n")],
      ...held.map(({ version, reason }): SummaryRow => ["held", `${version}  ${reason}`]),
      ...(embedded === undefined ? [] : [["data", embedded.directory] as const]),
      ["backups", join(dataRoot(), backupsAt)],
    );
  }
  return [...rows, ...pulumiRows(home, stack), ["next", nextSteps(stack)]];
}

/** As the superuser, who may do everything: it is a database for trying things out. */
function psqlCommand({ host, port, database, user, passwordFile }: LocalInstance): string {
  return `PGPASSWORD="$(cat ${quote(passwordFile)})" psql -h ${host} -p ${port} -U ${user} ${database}`;
}

const NEXT_AFTER_UP: readonly (readonly [command: string, what: string])[] = [
  ["npx holdfast status <stack>", "where it stands"],
  ["npx holdfast new <name>", "a new migration; then npm start again"],
  ["npm start -- preview", "what the next deploy would do"],
];

function nextSteps(stack: string): string {
  const rows = NEXT_AFTER_UP.map(([command, what]) => [command.replace("<stack>", stack), what] as const);
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, what]) => `${command.padEnd(width)}  ${what}`).join("\n");
}

function destroyRows({ home, stack }: SummaryFacts): SummaryRow[] {
  return [
    ["data", `${join(dataRoot(), home.project, stack)} is untouched`],
    ["next", "npm start brings the stack up again on the same data"],
  ];
}

/** How a plain `pulumi` acts on the same stack, and what is not as there. */
function pulumiRows(home: PreparedHome, stack: string): SummaryRow[] {
  const exports = Object.entries(pulumiEnvironment(home)).map(([name, value]) => `export ${name}=${quote(value)}`);
  const run = `pulumi -C ${quote(home.workDirectory)} up --stack ${stack}`;
  const standIns = home.plugins.filter(({ origin }) => origin === "stand-in").map(({ name }) => name);
  return [
    ["pulumi", [...exports, run, ...(hasLanguageHost(home) ? [] : [NO_LANGUAGE_HOST])].join("\n")],
    ...(standIns.length > 0 ? [["note", describeStandIns(standIns, quote(home.directory))] as const] : []),
  ];
}

const NO_LANGUAGE_HOST =
  "(not on this machine: it has no pulumi-language-nodejs, which comes with Pulumi's own installation; npm start -- <command> works without)";

function describeStandIns(names: readonly ProviderName[], home: string): string {
  return [
    "Pulumi's own plugins could not be downloaded; stand-ins from this checkout run in the place of:",
    ...names.map((name) => `  ${name.padEnd(12)}the official one: PULUMI_HOME=${home} pulumi ${installCommand(name)}`),
  ].join("\n");
}

function hasLanguageHost({ cli }: PreparedHome): boolean {
  const name = "pulumi-language-nodejs";
  return existsSync(join(dirname(cli.command), name)) || findOnPath(name, process.env["PATH"]) !== undefined;
}

function plainOutputs(outputs: OutputMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
}

/** For a POSIX shell; as it stands where nothing in it has a meaning there. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
