import { analyseMigration } from "../../core/analyse-migration.js";
import type { AnalysedMigration, PlacedStatement } from "../../core/analysed-migration.js";
import type { Finding } from "../../core/findings.js";
import type { HistoryRow, MigrationFile } from "../../core/migration.js";
import { ServerError, type Session, type SqlParser } from "../../core/ports.js";
import { readMigration } from "../../core/read-migration.js";
import { mentionsAny, removedNames } from "../../core/removed-names.js";
import { answerOf, mustBeTrue } from "../../core/verify-sql.js";

export interface VerifyReport {
  readonly asked: number;
  /** Queries that speak of what a later contract removed: `0015_….sql:31`. They prove nothing any more, and fail nothing. */
  readonly superseded: readonly string[];
  readonly findings: readonly Finding[];
}

/** Asks every @verify query of the files that have run once more. */
export async function verifyAgain(
  session: Session,
  files: readonly MigrationFile[],
  history: readonly HistoryRow[],
  parser: SqlParser,
): Promise<VerifyReport> {
  const ran = new Set(history.filter(hasRun).map(({ order }) => order));
  const analysed = files
    .filter(({ order }) => ran.has(order))
    .map((file) => analyseMigration(readMigration(file), parser));
  const report = { asked: 0, superseded: [] as string[], findings: [] as Finding[] };
  for (const one of analysed) {
    const removed = removedLater(one, analysed);
    for (const query of one.verify) {
      report.asked += 1;
      const fault = await ask(session, query);
      if (fault === undefined) continue;
      const place = `${one.migration.name}:${query.line}`;
      if (mentionsAny(query.text, removed)) report.superseded.push(place);
      else report.findings.push(notTrue(place, fault));
    }
  }
  return report;
}

function hasRun({ state }: HistoryRow): boolean {
  return state === "applied" || state === "unverified" || state === "retired";
}

function removedLater({ migration }: AnalysedMigration, all: readonly AnalysedMigration[]): string[] {
  const later = all.filter((one) => one.migration.phase === "contract" && one.migration.order > migration.order);
  return later.flatMap(({ statements }) => removedNames(statements.map(({ node }) => node)));
}

/** Undefined where it is true; else what it gave. */
async function ask(session: Session, query: PlacedStatement): Promise<string | undefined> {
  try {
    await session.query(mustBeTrue(query.text));
    return undefined;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    const answer = answerOf(error.message);
    return answer === undefined ? `failed: ${error.message}` : `gave ${answer}`;
  }
}

function notTrue(place: string, fault: string): Finding {
  return {
    ...{ about: "verify", level: "fault", subject: place },
    message: `The @verify query at ${place} ${fault}.`,
    next: "What the migration promised no longer holds: look who changed the schema or the data since.",
  };
}
