import { undoContract, type UndoReport } from "../engine/index.js";
import type { Answer } from "./command.js";
import { byHandRequest, deployTargetOf, type DeploymentFlags } from "./deployment.js";
import type { Target } from "./instances.js";
import { stoppable } from "./stoppable.js";
import type { Terminal } from "./terminal.js";
import { withPassword } from "./with-session.js";

/** Brings back what one contract retired. @throws HoldfastError undo_refused, invalid_usage */
export async function undoOne(
  target: Target,
  version: string,
  flags: DeploymentFlags,
  terminal: Terminal,
): Promise<Answer> {
  const report = await withPassword(target, terminal, (open) =>
    stoppable(terminal, (watch) =>
      undoContract({ ...byHandRequest(open), ...watch }, deployTargetOf(open, flags), version),
    ),
  );
  return {
    json: { instance: target.name, ...withoutKeys(report) },
    text: () => render(target.name, report, terminal),
  };
}

/** Keys are row values: they stay on the screen. */
function withoutKeys({ writtenMeanwhile, broken, ...report }: UndoReport): object {
  return {
    ...report,
    writtenMeanwhile: writtenMeanwhile.map(({ column, written, withoutValue }) => ({
      ...{ column, written: written.count, withoutValue: withoutValue.count },
    })),
    broken: broken.map(({ what, reason, rows }) => ({ what, reason, rows: rows?.count ?? null })),
  };
}

function render(name: string, report: UndoReport, terminal: Terminal): string {
  const { version, broughtBack, left, writtenMeanwhile, broken } = report;
  const keys = (rows: { readonly keys: readonly string[] } | null): string =>
    rows === null || rows.keys.length === 0 || !terminal.isOutputTty ? "" : ` (${rows.keys.join("; ")})`;
  return [
    `${version} is undone on ${name}.`,
    ...broughtBack.map((object) => `  back      ${object}`),
    ...left.map((statement) => `  left      ${statement}: only the backup leads back`),
    ...writtenMeanwhile
      .filter(({ written }) => written.count > 0)
      .map(
        ({ column, written, withoutValue }) =>
          `  look at   ${column}: ${written.count} rows were written meanwhile, ${withoutValue.count} of them without a value${keys(withoutValue)}`,
      ),
    ...broken.map(
      ({ what, reason, rows }) => `  broken    ${what}: ${reason}${keys(rows)}; put it right and undo again`,
    ),
  ].join("\n");
}
