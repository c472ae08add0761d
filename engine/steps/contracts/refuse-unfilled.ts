import type { AnalysedMigration, PlacedStatement } from "../../core/analysed-migration.js";
import { HoldfastError, joinFaults } from "../../core/errors.js";
import type { HistoryRow } from "../../core/migration.js";
import { ServerError, type Session } from "../../core/ports.js";
import { pointAt } from "../../core/source-location.js";
import { answerOf, mustBeTrue } from "../../core/verify-sql.js";

/** A contract that is about to run, with the backfills before it (core/fills-of.ts). */
export interface FilledContract {
  readonly analysed: AnalysedMigration;
  readonly fills: readonly AnalysedMigration[];
}

/**
 * Asks the @verify queries of the backfills behind a contract once more, before anything runs: rows may have been written since
 * by a release that knew only what the contract takes away.
 * @throws HoldfastError verify_failed with all that are not true
 */
export async function refuseUnfilled(
  session: Session,
  contracts: readonly FilledContract[],
  history: readonly HistoryRow[],
): Promise<void> {
  const applied = new Set(history.filter(({ state }) => state === "applied").map(({ order }) => order));
  const faults: HoldfastError[] = [];
  for (const { analysed, fills } of contracts) {
    for (const fill of fills.filter(({ migration }) => applied.has(migration.order))) {
      for (const query of fill.verify) {
        const answer = await ask(session, query);
        if (answer !== undefined) faults.push(unfilled(analysed, fill, query, answer));
      }
    }
  }
  const fault = joinFaults(faults);
  if (fault !== undefined) throw fault;
}

/** Undefined where it is true, or names what an earlier contract removed and so proves nothing any more. */
async function ask(session: Session, { text }: PlacedStatement): Promise<string | undefined> {
  await session.execute("BEGIN READ ONLY");
  try {
    await session.query(mustBeTrue(text));
    return undefined;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    const answer = answerOf(error.message);
    if (answer === undefined && GONE.has(error.sqlState)) return undefined;
    return answer === undefined ? `failed: ${error.message}` : `now gives ${answer}`;
  } finally {
    await session.execute("ROLLBACK");
  }
}

/** undefined_table, undefined_column, undefined_object, undefined_function, invalid_schema_name */
const GONE: ReadonlySet<string> = new Set(["42P01", "42703", "42704", "42883", "3F000"]);

function unfilled(
  { migration }: AnalysedMigration,
  fill: AnalysedMigration,
  query: PlacedStatement,
  answer: string,
): HoldfastError {
  const place = pointAt(fill.migration, query.offset);
  const { line, column } = place.location;
  return new HoldfastError(
    "verify_failed",
    `${fill.migration.path}:${line}:${column}: the @verify query of this backfill ${answer}, and contract ${migration.name} would take away what it was filled from.`,
    {
      ...place,
      next:
        "Rows were written since that the backfill did not see: fill them by a new backfill file (and see why the expand's trigger or default did not), then deploy again.\n" +
        "Without the approval the contract is held, and everything else runs.",
    },
  );
}
