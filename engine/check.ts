import { compareSets } from "./core/compare-sets.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import type { Finding } from "./core/findings.js";
import { compareFingerprints, isComparable, type Drift } from "./core/fingerprint.js";
import type { DatabaseState, HistoryStore, MigrationSource, Progress, Session, SqlParser } from "./core/ports.js";
import { schemaVersion } from "./core/schema-version.js";
import { findScratch } from "./steps/check/find-scratch.js";
import { findWeakObjects } from "./steps/check/find-weak-objects.js";
import { lookDeep, type DeepReport } from "./steps/check/look-deep.js";
import { verifyAgain } from "./steps/check/verify-again.js";
import { readFingerprint, takeFingerprint } from "./steps/take-fingerprint.js";

export interface CheckWorld {
  readonly source: MigrationSource;
  readonly history: HistoryStore;
  readonly loadParser: () => Promise<SqlParser>;
}

export interface CheckReport {
  readonly schemaVersion: string | null;
  readonly release: string | null;
  /** Files that are still to run; no fault. */
  readonly pending: readonly string[];
  readonly held: readonly string[];
  /** How many @verify queries were asked. */
  readonly verified: number;
  /** Queries about what a later contract removed. */
  readonly superseded: readonly string[];
  /** How many objects the schema was compared by; null where there is no comparable fingerprint yet. */
  readonly compared: number | null;
  readonly findings: readonly Finding[];
}

/**
 * Compares history, files and schema, asks the @verify queries again, and reads from the catalog what needs care. Changes
 * nothing; reads the catalog, and what the queries read.
 *
 * @param release the release of the folder; by default the newest one on the database
 * @throws HoldfastError only where the check itself cannot be made; what it finds is in the report
 */
export async function checkDatabase(session: Session, world: CheckWorld, release?: string): Promise<CheckReport> {
  const files = await world.source.load();
  const state = await world.history.load(session);
  const newest = state.releases[0]?.version ?? null;
  const compared = compareSets({ ...state, files, release: release ?? newest ?? "0.0.0" });
  const sets = compared.faults.map(setFinding);
  const verify = await verifyAgain(session, files, state.history, await world.loadParser());
  const schema = await compareSchema(session);
  return {
    schemaVersion: schemaVersion(state.history),
    release: newest,
    pending: compared.pending.map(({ name }) => name),
    held: compared.held.map(({ file }) => file.name),
    verified: verify.asked,
    superseded: verify.superseded,
    compared: schema.compared,
    findings: [
      ...sets,
      ...unfinished(state),
      ...verify.findings,
      ...schema.drift.map(driftFinding),
      ...(await findWeakObjects(session)),
      ...(await findScratch(session)),
    ],
  };
}

/** What a deep check looked at, beside its findings. */
export type DeepCheck = Omit<DeepReport, "findings">;

/** For one table or index, in milliseconds. */
const DEEP_LIMIT_MS = 10 * 60 * 1000;

/**
 * The same, and the data itself: every page, every index against its table, foreign keys by a sample, sequences. Takes as long as
 * reading the whole database.
 *
 * @throws HoldfastError only where the check itself cannot be made; interrupted
 */
export async function checkDeep(
  session: Session,
  world: CheckWorld,
  {
    release,
    ...watch
  }: { readonly release?: string | undefined; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<CheckReport & { readonly deep: DeepCheck }> {
  const report = await checkDatabase(session, world, release);
  const { findings, ...deep } = await lookDeep({ session, limitMs: DEEP_LIMIT_MS, ...watch });
  return { ...report, deep, findings: [...report.findings, ...findings] };
}

/** The schema against the fingerprint the last run left. Null: none yet, or one of another major version. */
export async function compareSchema(session: Session): Promise<{ compared: number | null; drift: readonly Drift[] }> {
  const before = await readFingerprint(session);
  if (before === undefined) return { compared: null, drift: [] };
  const now = await takeFingerprint(session);
  if (!isComparable(before, now)) return { compared: null, drift: [] };
  return { compared: Object.keys(before.objects).length, drift: compareFingerprints(before, now) };
}

function setFinding({ message, details }: HoldfastError): Finding {
  const subject = details.location?.file ?? "the folder";
  return { about: "set", level: "fault", subject, message, next: details.next ?? "" };
}

function unfinished({ history }: DatabaseState): Finding[] {
  return history
    .filter(({ state }) => state === "started" || state === "unverified")
    .map(({ version, description, state }) => ({
      ...{ about: "set", level: "fault", subject: `${version} (${description})` },
      message: `${version} (${description}) was ${state === "started" ? "begun and not finished" : "applied, but its @verify queries were not true"}.`,
      next: "Deploy again: the next run goes on where the last one stopped.",
    }));
}

function driftFinding({ object, change }: Drift): Finding {
  return {
    ...{ about: "drift", level: "fault", subject: object },
    message: `${object} was ${change} since the last deploy, by no migration.`,
    next: "Take the change back, or write it as a migration so that every instance has it.",
  };
}

/** The findings that fail a check, as one error. */
export function checkFailed({ findings }: CheckReport): HoldfastError | undefined {
  const faults = findings.filter(({ level }) => level === "fault");
  return joinFaults(faults.map(({ message, next }) => new HoldfastError("check_failed", message, { next })));
}
