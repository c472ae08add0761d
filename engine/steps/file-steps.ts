import type { AnalysedMigration, PlacedStatement } from "../core/analysed-migration.js";
import type { HoldfastError } from "../core/errors.js";
import { ServerError, type PipelineStep, type RunContext } from "../core/ports.js";
import { leavesTraces } from "../core/session-traces.js";
import { stateBeforeVerify } from "../core/state-before-verify.js";
import { statementFailed } from "../core/statement-failed.js";
import { mustBeTrue } from "../core/verify-sql.js";
import { ranBy } from "./ran-by.js";
import { verifyFailed } from "./verify-failed.js";

/** A statement on its way to the server, with what it is for. */
export interface FileStep {
  readonly step: PipelineStep;
  readonly analysed: AnalysedMigration;
  readonly part: "body" | "verify" | "frame";
  /** Body and verify: where it stands in the file. */
  readonly statement?: PlacedStatement;
}

/** BEGIN, the file's statements, its history row with where they began, COMMIT. */
export function bodySteps(ctx: RunContext, analysed: AnalysedMigration, prelude: readonly string[] = []): FileStep[] {
  const { migration, statements } = analysed;
  const frame = (step: PipelineStep): FileStep => ({ step, analysed, part: "frame" });
  const isTraceless = !leavesTraces(analysed);
  const start = isTraceless ? "setting" : "row";
  const row = ctx.history.record({ migration, state: stateBeforeVerify(analysed), start, ...ranBy(ctx) });
  return [
    frame({ sql: "BEGIN" }),
    ...prelude.map((sql) => frame({ sql })),
    ...ctx.history.markStart(start).map(frame),
    ...statements.map((statement): FileStep => ({ step: { sql: statement.text }, analysed, part: "body", statement })),
    // The file may have left another role behind, which may not write the history.
    ...(isTraceless ? [] : ctx.session.restoring.map(frame)),
    frame(row),
    frame({ sql: "COMMIT" }),
  ];
}

/** The @verify queries in a read-only transaction, then the row that says they were true. Empty where there are none. */
export function verifySteps(ctx: RunContext, analysed: AnalysedMigration): FileStep[] {
  const { migration, verify } = analysed;
  if (verify.length === 0) return [];
  const frame = (step: PipelineStep): FileStep => ({ step, analysed, part: "frame" });
  return [
    frame({ sql: "BEGIN READ ONLY" }),
    ...verify.map((statement): FileStep => ({
      step: { sql: mustBeTrue(statement.text) },
      analysed,
      part: "verify",
      statement,
    })),
    frame({ sql: "COMMIT" }),
    frame(ctx.history.markVerified(migration.version)),
  ];
}

/** What the server said about a step, as the user should read it. A lock conflict stays as it is: it is tried again. */
export function stepFailed({ analysed, part, statement }: FileStep, error: ServerError): HoldfastError | ServerError {
  if (part === "verify" && statement !== undefined) return verifyFailed(analysed.migration, statement, error);
  if (part === "body" && statement !== undefined) return statementFailed(analysed.migration, statement, error, true);
  // A deferred constraint speaks up at COMMIT; no single statement is to blame.
  const last = analysed.statements.at(-1);
  return last === undefined ? error : statementFailed(analysed.migration, last, error, false);
}
