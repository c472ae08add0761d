import { undoContract, type UndoReport } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { byHandRequest, deployTargetOf } from "../deployment.js";
import { CONNECTION_FLAGS, findTarget, wake } from "../instances.js";
import { FOLDER_FLAG } from "../place.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Brings back what a contract retired: columns, tables, constraints, definitions. Works until a later deploy purges them.\n" +
    "Rows written meanwhile are listed. The contract waits for a new approval afterwards.",
  words: [INSTANCE, { name: "version", about: "of the contract, as in its file's name" }],
  flags: { ...CONNECTION_FLAGS, ...FOLDER_FLAG },
  examples: [["holdfast undo dev 0022", "status lists what can be undone"]],
  async run({ instance, words: [version = ""], flags, terminal }) {
    const target = await findTarget(instance, flags);
    await wake(target);
    const report = await withPassword(target, terminal, (open) =>
      stoppable(terminal, (watch) =>
        undoContract({ ...byHandRequest(open), ...watch }, deployTargetOf(open, flags), version),
      ),
    );
    return {
      json: { instance: target.name, ...withoutKeys(report) },
      text: () => render(target.name, report, terminal),
    };
  },
});

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
