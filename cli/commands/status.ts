import {
  asHoldfastError,
  defaultPolicy,
  HoldfastError,
  pgHistoryStore,
  readStatus,
  type DatabaseStatus,
} from "../../engine/index.js";
import { backedUpOf } from "../backed-up.js";
import { lastBackupOf, type LastBackup } from "../catalogues.js";
import { defineCommand, OPTIONAL_INSTANCE } from "../command.js";
import { DEPLOYMENT_FLAGS, knownRelease, sourceOf, type DeploymentFlags } from "../deployment.js";
import { formatDuration, formatInstant, plural } from "../format.js";
import { CONNECTION_FLAGS, findOtherStacks, findTarget, findTargets, isOneMeant, type Target } from "../instances.js";
import { promotionOf } from "../promotion.js";
import { errorJson } from "../render-error.js";
import type { Terminal } from "../terminal.js";
import { withSession } from "../with-session.js";

interface Report {
  readonly instance: string;
  readonly status: DatabaseStatus | null;
  /** An error where that could not be found out. */
  readonly backup: LastBackup | HoldfastError | null;
  /** Pending files that the stack it takes its migrations from has not proven. */
  readonly waits: readonly WaitingFile[];
  /** Why there is no status. */
  readonly error: HoldfastError | null;
}

interface WaitingFile {
  readonly file: string;
  /** The stack that must have applied and verified it. */
  readonly stack: string;
  /** `has not been applied there` */
  readonly why: string;
}

export const command = defineCommand({
  about:
    "Shows where each instance stands: schema and release, what is pending or held, backups, drift. Changes nothing.",
  words: [OPTIONAL_INSTANCE],
  flags: { ...CONNECTION_FLAGS, ...DEPLOYMENT_FLAGS },
  examples: [
    ["holdfast status", "every instance of this project"],
    ["holdfast status dev --json", "one, for a script"],
  ],
  async run({ instance, flags, terminal }) {
    if (isOneMeant(instance, flags)) {
      const report = await reportOn(await findTarget(instance, flags), flags, terminal);
      if (report.error !== null) throw report.error;
      return answer([report], terminal);
    }
    const targets = await findTargets();
    const reports: Report[] = [];
    // One after another: a person may have to type a password for each.
    for (const target of targets) reports.push(await reportOn(target, flags, terminal));
    return answer(reports, terminal, await findOtherStacks());
  },
});

async function reportOn(target: Target, flags: DeploymentFlags, terminal: Terminal): Promise<Report> {
  const world = { source: sourceOf(target, flags), history: pgHistoryStore(target.connection.schema) };
  const backup = await lastBackupOf(backedUpOf(target)).catch((error: unknown) => {
    const known = asHoldfastError(error);
    if (known === undefined) throw error;
    return known;
  });
  try {
    const release = knownRelease(target, flags);
    const status = await withSession(target, terminal, "read-only", (session) => readStatus(session, world, release));
    return { instance: target.name, status, backup, waits: await waitsOf(target, flags, status), error: null };
  } catch (error) {
    const known = asHoldfastError(error);
    if (known === undefined) throw error;
    return { instance: target.name, status: null, backup, waits: [], error: known };
  }
}

async function waitsOf(target: Target, flags: DeploymentFlags, { pending }: DatabaseStatus): Promise<WaitingFile[]> {
  if (pending === null || pending.length === 0) return [];
  const source = sourceOf(target, flags);
  const { promotion } = await promotionOf(target, source);
  if (promotion === undefined) return [];
  const reasons = new Map(promotion.unproven.map(({ version, why }) => [version, why]));
  return (await source.load()).flatMap(({ name, version }) => {
    const why = pending.includes(name) ? reasons.get(version) : undefined;
    return why === undefined ? [] : [{ file: name, stack: promotion.from, why }];
  });
}

/** An instance that cannot be asked is part of the picture; the exit code says so all the same. */
function answer(reports: readonly Report[], terminal: Terminal, notAsked: readonly string[] = []) {
  const exitCodes = reports.map(({ error }) => error?.exitCode ?? 0);
  return {
    json: { instances: reports.map(reportJson), ...(notAsked.length > 0 && { notAsked }) },
    text: async () => [await render(reports, terminal), ...notAskedLine(notAsked)].join("\n"),
    exitCode: exitCodes.find((code) => code !== 0) ?? 0,
  } as const;
}

/** Of a stack whose database is not on this machine only Pulumi knows where it is. */
function notAskedLine(stacks: readonly string[]): string[] {
  const [first] = stacks;
  if (first === undefined) return [];
  return ["", `Not asked, since each takes a login elsewhere: ${stacks.join(", ")} (holdfast status ${first}).`];
}

function reportJson({ instance, status, backup: found, waits, error }: Report): object {
  const unproven = whyUnproven(instance, found);
  const backup =
    found instanceof HoldfastError
      ? { error: errorJson(found) }
      : found && { ...found, ...(unproven !== undefined && { warning: unproven }) };
  if (status === null) return { instance, backup, error: error === null ? null : errorJson(error) };
  const waiting = waits.length > 0 ? { waits } : {};
  return { instance, ...status, ...waiting, faults: status.faults.map(errorJson), backup };
}

async function render(reports: readonly Report[], terminal: Terminal): Promise<string> {
  if (reports.length === 0) return "This project has no instance yet: npm start makes one, or write holdfast.json.";
  const { renderTable } = await import("../render-table.js");
  const head = ["instance", "schema", "release", "pending", "held", "last backup", "restore proven", "drift"];
  const table = renderTable(head, reports.map(row), terminal);
  return [table, ...reports.flatMap(remarks)].join("\n");
}

function row({ instance, status, backup }: Report): string[] {
  const saved = savedAt(backup);
  if (status === null) return [instance, "?", "?", "?", "?", ...saved, "?"];
  const { schemaVersion, release, pending, held, drift } = status;
  return [
    instance,
    schemaVersion ?? "empty",
    release ?? "none",
    pending === null ? "?" : String(pending.length),
    String(held.length),
    ...saved,
    drift === null ? "?" : drift.length === 0 ? "none" : plural(drift.length, "object"),
  ];
}

function savedAt(backup: Report["backup"]): [taken: string, proven: string] {
  if (backup instanceof HoldfastError) return ["?", "?"];
  if (backup === null) return ["none", "never"];
  return [formatInstant(backup.takenAt), backup.provenAt === null ? "never" : `${ageOf(backup.provenAt)} ago`];
}

/** Nothing that destroys runs on the word of an older proof. */
const PROOF_MAX_AGE_MS = defaultPolicy("").drillMaxAgeMs;

/** A way back that nobody has walked lately; undefined: one was, or there is none to walk. */
function whyUnproven(instance: string, backup: Report["backup"]): string | undefined {
  if (backup === null || backup instanceof HoldfastError) return undefined;
  const { provenAt } = backup;
  if (provenAt === null) return `no backup was ever restored to prove it: holdfast drill ${instance}`;
  if (Date.now() - provenAt.getTime() <= PROOF_MAX_AGE_MS) return undefined;
  return `the last proven restore is ${ageOf(provenAt)} old: holdfast drill ${instance}`;
}

function ageOf(at: Date): string {
  return formatDuration(Math.max(0, Date.now() - at.getTime()));
}

function remarks({ instance, status, backup, waits, error }: Report): string[] {
  if (status === null) return error === null ? [] : ["", `${instance}: ${error.message}`];
  const { pending, held, retired, unverified, drift, faults, isAhead, interruptedSince } = status;
  const unproven = whyUnproven(instance, backup);
  const lines = [
    ...(backup instanceof HoldfastError ? [backup.message] : []),
    ...(unproven === undefined ? [] : [`warning   ${unproven}`]),
    ...faults.map(({ message }) => message),
    ...(isAhead ? ["ahead of this folder: a newer release was deployed"] : []),
    ...(interruptedSince === null
      ? []
      : [`a run has been interrupted since ${formatInstant(interruptedSince)}; deploy again`]),
    ...(pending ?? []).map((file) => `pending   ${file}`),
    ...waits.map(({ file, stack, why }) => `waits     ${file}: on ${stack} it ${why.replace(/ there\b/, "")}`),
    ...held.map(({ version, reason, dueAt }) => `held      ${version}: ${reason ?? ""}${due(dueAt)}`),
    ...retired.map(
      ({ version, dueAt }) => `retired   ${version}${due(dueAt)}; until then: holdfast undo ${instance} ${version}`,
    ),
    ...unverified.map((version) => `unverified ${version}`),
    ...(drift ?? []).map(({ object, change }) => `drift     ${object} was ${change}`),
  ];
  return lines.length === 0 ? [] : ["", instance, ...lines.map((line) => `  ${line}`)];
}

function due(dueAt: Date | null): string {
  return dueAt === null ? "" : `, due ${formatInstant(dueAt)}`;
}
