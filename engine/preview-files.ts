import { analyseMigration } from "./core/analyse-migration.js";
import type { AnalysedMigration } from "./core/analysed-migration.js";
import { checkCloses } from "./core/check-closes.js";
import { compareSets } from "./core/compare-sets.js";
import { contractActions, isFinal } from "./core/contract-actions.js";
import { decideContracts, type ContractDecision, type PendingFile } from "./core/decide-contracts.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import type { Approval, HistoryRow, MigrationFile, MigrationState, Policy } from "./core/migration.js";
import { versionOrder } from "./core/migration-name.js";
import { mentionsOf, subjectsOf } from "./core/named-objects.js";
import type { SqlParser } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import { unsafeStatements } from "./core/unsafe-statements.js";

/** A history row as far as the last deploy reported it. */
export interface ReportedMigration {
  readonly version: string;
  /** Empty where another tool applied it. */
  readonly checksum: string;
  readonly state: MigrationState;
  readonly release: string;
  /** ISO 8601, or empty. */
  readonly appliedAt: string;
}

export interface PreviewInput {
  readonly files: readonly MigrationFile[];
  /** What the last deploy found applied; null before the first one. */
  readonly reported: readonly ReportedMigration[] | null;
  readonly release: string;
  readonly approvals: readonly Approval[];
  readonly policy: Policy;
  readonly now: Date;
  /** Asked for only when a file is pending. */
  readonly loadParser: () => Promise<SqlParser>;
}

/** What a deploy would do, read from files alone. */
export interface FilesPreview {
  /** Files that would run, in order. */
  readonly pending: readonly AnalysedMigration[];
  /** Files that would wait. */
  readonly held: readonly { readonly file: MigrationFile; readonly reason: string; readonly dueAt: Date | null }[];
  /** The database holds what only newer releases bring; nothing would run. */
  readonly isAhead: boolean;
  /** False before the first deploy. */
  readonly isCompared: boolean;
}

/**
 * Judges a folder without a database: every pending file must parse, hold nothing unsafe and fit what the last deploy
 * reported. The deploy judges again, by the database's own history.
 *
 * @throws HoldfastError with all faults at once
 */
export async function previewFiles(input: PreviewInput): Promise<FilesPreview> {
  const { files, reported, release } = input;
  const history = (reported ?? []).map((row) => historyRow(row, files));
  const compared = compareSets({ files, history, releases: [], release });
  const unrun = inOrder([...compared.pending, ...compared.held.map(({ file }) => file)]);
  const parser = unrun.length === 0 ? undefined : await input.loadParser();
  const judged = parser === undefined ? [] : unrun.map((file) => judge(file, files, parser));
  const decisions = reported === null ? [] : decide(input, history, judged);
  const refused = decisions.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const fault = joinFaults([...compared.faults, ...judged.flatMap(({ faults }) => faults), ...refused]);
  if (fault !== undefined) throw fault;
  return {
    pending: judged.flatMap(({ analysed }, at) => (analysed === undefined || waits(decisions[at]) ? [] : [analysed])),
    held: unrun.flatMap((file, at) => heldFile(file, decisions[at])),
    isAhead: compared.isAhead,
    isCompared: reported !== null,
  };
}

interface Judged {
  readonly analysed: AnalysedMigration | undefined;
  readonly pending: PendingFile | undefined;
  readonly faults: readonly HoldfastError[];
}

function judge(file: MigrationFile, folder: readonly MigrationFile[], parser: SqlParser): Judged {
  try {
    const migration = readMigration(file);
    const analysed = analyseMigration(migration, parser);
    const closes = checkCloses(migration, folder);
    const faults = [...analysed.faults, ...(closes === undefined ? [] : [closes])];
    if (faults.length > 0) return { analysed, pending: undefined, faults };
    return { analysed, pending: pendingFile(analysed, parser), faults: unsafeStatements(analysed, parser, folder) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { analysed: undefined, pending: undefined, faults: [error] };
  }
}

function pendingFile(analysed: AnalysedMigration, parser: SqlParser): PendingFile {
  const { migration, statements } = analysed;
  const nodes = statements.map(({ node }) => node);
  const isContract = migration.phase === "contract";
  return {
    migration,
    subjects: subjectsOf(nodes),
    mentions: mentionsOf(nodes),
    isFinal: isContract && isFinal(contractActions(analysed, parser)),
  };
}

/** No decision while a file is faulty: its objects are not known, and the faults stop the deploy anyway. */
function decide(input: PreviewInput, history: readonly HistoryRow[], judged: readonly Judged[]): ContractDecision[] {
  const pending = judged.flatMap((one) => (one.pending === undefined ? [] : [one.pending]));
  if (pending.length < judged.length) return [];
  const { now, release, policy, approvals } = input;
  return decideContracts({
    ...{ now, release, policy, approvals, history, pending },
    ...{ spent: [], includeHeld: false, isEmptyStart: false, hasWayBack: true },
  });
}

function waits(decision: ContractDecision | undefined): boolean {
  return decision?.decision === "hold";
}

function heldFile(file: MigrationFile, decision: ContractDecision | undefined): FilesPreview["held"][number][] {
  return decision?.decision === "hold" ? [{ file, reason: decision.reason, dueAt: decision.dueAt }] : [];
}

function inOrder(files: readonly MigrationFile[]): MigrationFile[] {
  return [...files].sort((a, b) => (a.order < b.order ? -1 : 1));
}

/** What the report leaves out is taken from the folder: a renamed file is found by the deploy itself. */
function historyRow(row: ReportedMigration, files: readonly MigrationFile[]): HistoryRow {
  const order = versionOrder(row.version);
  const file = files.find((one) => one.order === order);
  return {
    ...{ version: row.version, order, state: row.state, release: row.release },
    description: file?.description ?? "",
    checksum: row.checksum === "" ? null : row.checksum,
    ...phaseOf(file),
    appliedAt: row.appliedAt === "" ? null : new Date(row.appliedAt),
    ...{ durationMs: null, heldReason: null, dueAt: null },
  };
}

function phaseOf(file: MigrationFile | undefined): Pick<HistoryRow, "phase" | "closes"> {
  try {
    const migration = file === undefined ? undefined : readMigration(file);
    return { phase: migration?.phase ?? "expand", closes: migration?.closes ?? null };
  } catch (error) {
    if (error instanceof HoldfastError) return { phase: "expand", closes: null };
    throw error;
  }
}
