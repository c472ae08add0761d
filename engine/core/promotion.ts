import { HoldfastError } from "./errors.js";
import { versionOrder } from "./migration-name.js";
import type { MigrationFile } from "./migration.js";

/** A migration as another stack's output `instance` tells of it. */
export interface StagedMigration {
  readonly version: string;
  readonly checksum: string;
  /** Unset: an earlier Holdfast deployed there, which did not tell it. */
  readonly state?: string;
}

/** The stack a database takes its migrations from, and what of the folder has not been proven there. */
export interface Promotion {
  /** Full name of the stack: `acme/shop/staging`. */
  readonly from: string;
  /** Of the files that are pending here; empty: all may run. */
  readonly unproven: readonly UnprovenFile[];
}

export interface UnprovenFile {
  readonly version: string;
  /** The end of a sentence whose subject is the file. */
  readonly why: string;
}

/** A pending file, as far as promotion is concerned. */
export type PromotedFile = Pick<MigrationFile, "version" | "checksum">;

/**
 * Which pending files the other stack has not applied and verified, by checksum. Only pending ones are told: what the other
 * stack does afterwards changes nothing here.
 * @param staged what it has; a sentence where that cannot be known
 */
export function findUnproven(
  pending: readonly PromotedFile[],
  from: string,
  staged: readonly StagedMigration[] | string,
): Promotion {
  if (typeof staged === "string") return { from, unproven: pending.map(({ version }) => ({ version, why: staged })) };
  const known = new Map(staged.map((one) => [versionOrder(one.version), one]));
  const unproven = pending.flatMap(({ version, checksum }) => {
    const why = whyUnproven(checksum, known.get(versionOrder(version)));
    return why === undefined ? [] : [{ version, why }];
  });
  return { from, unproven };
}

function whyUnproven(checksum: string, staged: StagedMigration | undefined): string | undefined {
  if (staged === undefined) return "has not been applied there";
  if (staged.state === undefined)
    return "was applied there by an earlier Holdfast, which does not tell whether it was verified";
  if (!PROVEN.has(staged.state)) return `is ${staged.state} there, not applied and verified`;
  return staged.checksum.toLowerCase() === checksum.toLowerCase()
    ? undefined
    : "was applied there with another checksum";
}

/** A contract is retired first; its @verify was true by then. */
const PROVEN: ReadonlySet<string> = new Set(["applied", "retired"]);

/** Pending here, by what the last deploy reported; all where there was none. */
export function pendingHere<File extends PromotedFile>(
  files: readonly File[],
  reported: readonly { readonly version: string; readonly state: string }[] | null,
): File[] {
  const done = new Set(
    (reported ?? []).filter(({ state }) => DONE.has(state)).map(({ version }) => versionOrder(version)),
  );
  return files.filter(({ version }) => !done.has(versionOrder(version)));
}

const DONE: ReadonlySet<string> = new Set(["applied", "retired", "unverified"]);

/**
 * Refuses the files that would run and are not proven there; one that waits anyway is not asked for.
 * @param running the files that would run
 * @returns not_promoted errors, in order
 */
export function promotionFaults(
  promotion: Promotion | undefined,
  running: readonly Pick<MigrationFile, "version" | "name" | "path">[],
): HoldfastError[] {
  if (promotion === undefined) return [];
  const { from, unproven } = promotion;
  const reasons = new Map(unproven.map(({ version, why }) => [versionOrder(version), why]));
  return running.flatMap((file) => {
    const why = reasons.get(versionOrder(file.version));
    return why === undefined ? [] : [notPromoted(file, from, why)];
  });
}

function notPromoted({ name, path }: Pick<MigrationFile, "name" | "path">, from: string, why: string): HoldfastError {
  return new HoldfastError(
    "not_promoted",
    `This stack takes only what ${from} has applied and verified, and ${name} ${why}.`,
    {
      location: { file: path, line: 1, column: 1 },
      next:
        `Deploy this release there first: pulumi up --stack ${from}. Then deploy here again.\n` +
        "Where this stack is to go without, take holdfast:promotedFrom out of its settings.",
    },
  );
}

/** Whether a text is a stack's full name, `organization/project/stack`. */
export function isFullStackName(text: string): boolean {
  return /^[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(text);
}
