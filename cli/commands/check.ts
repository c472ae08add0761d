import {
  checkDatabase,
  checkDeep,
  checkFailed,
  loadSqlParser,
  pgHistoryStore,
  type CheckReport,
  type DeepCheck,
  type Session,
} from "../../engine/index.js";
import { createColors } from "picocolors";
import { defineCommand, INSTANCE } from "../command.js";
import { DEPLOYMENT_FLAGS, knownRelease, sourceOf } from "../deployment.js";
import { formatBytes, plural } from "../format.js";
import { CONNECTION_FLAGS, findTarget, type Target } from "../instances.js";
import { stoppable, type Watch } from "../stoppable.js";
import type { Terminal } from "../terminal.js";
import { withSession } from "../with-session.js";

export const command = defineCommand({
  about:
    "Compares history, files and schema, asks the @verify queries again, and looks for invalid indexes, constraints that\n" +
    "were never validated, wraparound, sequences near their end and scratch tables left over. Changes nothing.\n" +
    "With --deep also the data: every page is read, every index compared with its table (amcheck), foreign keys are followed\n" +
    "by a sample, sequences compared with their columns. Exit code 3 where it finds a fault.",
  words: [INSTANCE],
  flags: {
    ...CONNECTION_FLAGS,
    ...DEPLOYMENT_FLAGS,
    deep: { type: "boolean", about: "reads the data, too: as long as a full read of the database takes" },
  },
  examples: [
    ["holdfast check dev", "after someone worked on the database by hand"],
    ["holdfast check dev --deep", "after a crash, a full disk or a restore"],
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
    const report = await look(target, flags.deep === true, terminal, (session, watch) =>
      watch === undefined ? checkDatabase(session, world, release) : checkDeep(session, world, { release, ...watch }),
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

type Report = CheckReport & { readonly deep?: DeepCheck };

/** Data is read as who logs in: the owner of the application's objects may not compare indexes. */
async function look(
  target: Target,
  isDeep: boolean,
  terminal: Terminal,
  check: (session: Session, watch: Watch | undefined) => Promise<Report>,
): Promise<Report> {
  if (!isDeep) return withSession(target, terminal, "read-only", (session) => check(session, undefined));
  const { ownerRole, ...login } = target.connection;
  const connection = ownerRole === undefined ? target.connection : login;
  return stoppable(terminal, (watch) =>
    withSession({ ...target, connection }, terminal, "read-only", (session) => check(session, watch)),
  );
}

function render(name: string, report: Report, terminal: Terminal): string {
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
    ...(report.deep === undefined ? [] : looked(report.deep)),
    ...findings.flatMap(({ level, message, next }) => [
      "",
      `${marks[level]} ${message}`,
      `        ${next.replaceAll("\n", "\n        ")}`,
    ]),
  ].join("\n");
}

function looked({ tables, bytes, indexes, foreignKeys, rowsSampled, sequences }: DeepCheck): string[] {
  return [
    `  pages     ${plural(tables, "table")} read, ${formatBytes(bytes)}`,
    `  indexes   ${indexes} compared with their tables`,
    `  keys      ${plural(foreignKeys, "foreign key")} followed, ${plural(rowsSampled, "row")} looked at`,
    `  sequences ${sequences} compared with their columns`,
  ];
}
