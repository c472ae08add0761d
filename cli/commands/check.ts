import { checkDatabase, checkFailed, loadSqlParser, pgHistoryStore, type CheckReport } from "../../engine/index.js";
import { createColors } from "picocolors";
import { defineCommand, INSTANCE } from "../command.js";
import { DEPLOYMENT_FLAGS, knownRelease, sourceOf } from "../deployment.js";
import { plural } from "../format.js";
import { CONNECTION_FLAGS, findTarget } from "../instances.js";
import type { Terminal } from "../terminal.js";
import { withSession } from "../with-session.js";

export const command = defineCommand({
  about:
    "Compares history, files and schema, asks the @verify queries again, and looks for invalid indexes, constraints that\n" +
    "were never validated, wraparound, sequences near their end and scratch tables left over. Changes nothing.\n" +
    "Exit code 3 where it finds a fault.",
  words: [INSTANCE],
  flags: { ...CONNECTION_FLAGS, ...DEPLOYMENT_FLAGS },
  examples: [
    ["holdfast check dev", "after someone worked on the database by hand"],
    ["holdfast check staging --json", "for a monitor: findings is empty when all is well"],
  ],
  async run({ instance, flags, terminal }) {
    const target = await findTarget(instance, flags);
    const world = {
      source: sourceOf(target, flags),
      history: pgHistoryStore(target.connection.schema),
      loadParser: loadSqlParser,
    };
    const release = knownRelease(target, flags);
    const report = await withSession(target, terminal, "read-only", (session) =>
      checkDatabase(session, world, release),
    );
    const failed = checkFailed(report);
    return {
      json: {
        ok: failed === undefined,
        instance: target.name,
        ...report,
        ...(failed !== undefined && { code: failed.code }),
      },
      text: () => render(target.name, report, terminal),
      exitCode: failed?.exitCode ?? 0,
    };
  },
});

function render(name: string, report: CheckReport, terminal: Terminal): string {
  const { red, yellow, green } = createColors(terminal.hasColours.output);
  const { findings, pending, held, superseded } = report;
  const faults = findings.filter(({ level }) => level === "fault").length;
  const marks = { fault: red("fault  "), warning: yellow("warning") };
  const verdict = faults === 0 ? green("sound") : red(`${plural(faults, "fault")} [check_failed]`);
  return [
    `${name}: ${verdict}`,
    `  schema    ${report.schemaVersion ?? "empty"}, release ${report.release ?? "none"}`,
    `  files     ${plural(pending.length, "file")} pending, ${held.length} held`,
    `  verified  ${plural(report.verified, "query").replace("querys", "queries")}${superseded.length === 0 ? "" : `, ${superseded.length} superseded by later contracts`}`,
    `  compared  ${report.compared === null ? "no fingerprint to compare with yet" : plural(report.compared, "object")}`,
    ...findings.flatMap(({ level, message, next }) => [
      "",
      `${marks[level]} ${message}`,
      `        ${next.replaceAll("\n", "\n        ")}`,
    ]),
  ].join("\n");
}
