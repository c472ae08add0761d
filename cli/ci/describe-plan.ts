import type { Comparison, FileToRun, OldRelease, SchemaPlan } from "../../engine/index.js";
import { formatInstant, plural } from "../format.js";

/** The plan's one line: `2 migrations will run, 1 is held`. */
export function headlineOf({ pending, held, isAhead }: SchemaPlan): string {
  if (isAhead) return "The database is ahead of this release: nothing will run.";
  const waits = held.length === 0 ? "" : `, ${held.length} held`;
  if (pending.length === 0) return held.length === 0 ? "No migration is pending." : `No migration will run${waits}.`;
  return `${plural(pending.length, "migration")} will run${waits}.`;
}

/** With what a plan was compared, and when that was: a clause. */
export function comparisonOf(comparedWith: Comparison): string {
  switch (comparedWith.kind) {
    case "nothing":
      return "not compared with a database: every file counts as pending";
    case "base":
      return `not compared with a database: the files of ${comparedWith.ref} count as applied`;
    case "first-deploy":
      return "not compared with a database: this is the first deploy";
    case "deploy":
      return comparedWith.at === null
        ? "compared with what the last deploy reported"
        : `compared with what the deploy of ${formatInstant(new Date(comparedWith.at))} reported`;
    case "database":
      return `compared with the database at ${formatInstant(new Date(comparedWith.at))}`;
  }
}

/** Whether the release that runs now goes on. */
export function oldReleaseOf({ works, because }: OldRelease): string {
  const words = { yes: "yes", no: "no", unknown: "not known", none: "there is none yet" };
  return [words[works], ...because].join("\n");
}

/** `expand, in one transaction` */
export function mannerOf({ phase, execution, action }: Pick<FileToRun, "phase" | "execution" | "action">): string {
  const manners = {
    transaction: "in one transaction",
    outside: "statement by statement",
    backfill: "in batches",
    contract: action === "retire" ? "retires what it drops" : "",
  };
  return [phase, manners[execution]].filter((text) => text !== "").join(", ");
}

/** A first deploy may bring hundreds of files; a plan is for reading. */
export const LISTED_FILES = 50;

export interface Listed<T> {
  readonly shown: readonly T[];
  readonly more: number;
}

export function listed<T>(items: readonly T[]): Listed<T> {
  return { shown: items.slice(0, LISTED_FILES), more: Math.max(0, items.length - LISTED_FILES) };
}

/** The plan as lines of text: what `pulumi preview` and `holdfast ci` show. */
export function planLines(plan: SchemaPlan): string[] {
  const { pending, held, comparedWith, oldRelease, digest, isAhead } = plan;
  if (isAhead) return [headlineOf(plan)];
  const [files, waiting] = [listed(pending), listed(held)];
  const isTold = comparedWith.kind === "deploy" || comparedWith.kind === "database";
  const against = isTold ? "" : ` (${comparisonOf(comparedWith)})`;
  const heading =
    pending.length === 0 ? "No migration is pending." : `${plural(pending.length, "migration")} will run${against}:`;
  const approved = (approver: string | null): string => (approver === null ? "" : `, approved by ${approver}`);
  const [works = "", ...because] = oldReleaseOf(oldRelease).split("\n");
  return [
    heading,
    ...files.shown.map((file) => `  ${file.name}  ${mannerOf(file)}`),
    ...more(files.more),
    ...(held.length === 0 ? [] : [`${plural(held.length, "migration")} held:`]),
    ...waiting.shown.map(({ name, reason, dueAt, approver }) => {
      return `  ${name}  ${reason}${dueAt === null ? "" : `, due ${dueAt}`}${approved(approver)}`;
    }),
    ...more(waiting.more),
    `Old release still works: ${works}`,
    ...because.map((line) => `  ${line}`),
    ...(isTold ? [`Plan ${comparisonOf(comparedWith)}.`] : []),
    `Plan digest: ${digest}`,
  ];
}

function more(count: number): string[] {
  return count === 0 ? [] : [`  … and ${count} more`];
}
