import { baselineDatabase, HoldfastError, type BaselineReport } from "../../engine/index.js";
import { defineCommand, INSTANCE, type Answer, type FlagValues } from "../command.js";
import { byHandRequest, DEPLOYMENT_FLAGS, deployTargetOf, requiredRelease } from "../deployment.js";
import { plural } from "../format.js";
import { CONNECTION_FLAGS, findTarget, wake, type Target } from "../instances.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";
import { withPassword } from "../with-session.js";
import { SCHEMA_VERSION, writeSchemaFile } from "../write-schema-file.js";

const FLAGS = {
  ...CONNECTION_FLAGS,
  ...DEPLOYMENT_FLAGS,
  version: { type: "string", value: "VERSION", about: "of the last file that already ran" },
  schema: { type: "boolean", about: "write the present schema as the folder's first file, and mark that" },
} as const;

export const command = defineCommand({
  about:
    "Marks the files up to a version as applied, without running them: for a database that had them before Holdfast. The\n" +
    "files themselves are not compared with the schema; from here on the schema is watched for drift.",
  words: [INSTANCE],
  flags: FLAGS,
  examples: [
    ["holdfast baseline staging --version 0006", "then: holdfast plan staging shows 0007 and later"],
    ["holdfast baseline staging --schema", "no files yet: pg_dump writes 0001_baseline_schema.sql"],
  ],
  async run({ instance, flags, terminal }) {
    const { version, schema = false } = flags;
    if (version !== undefined && schema) throw misused("--version and --schema exclude each other");
    if (version === undefined && !schema) throw misused("--version is missing, the last file that already ran");
    const target = await findTarget(instance, flags);
    const release = requiredRelease(target, flags);
    await wake(target);
    if (version !== undefined)
      return answer(instance, target, await mark(target, flags, { version, release, terminal }));
    const written = await withPassword(target, terminal, (open) => writeSchemaFile(open, flags));
    try {
      const report = await mark(target, flags, { version: SCHEMA_VERSION, release, terminal });
      return answer(instance, target, { ...report, written: written.shown });
    } catch (error) {
      // Unmarked it would be run, over the very objects it was read from.
      await written.remove();
      throw error;
    }
  },
});

interface Marking {
  readonly version: string;
  readonly release: string;
  readonly terminal: Terminal;
}

function mark(
  target: Target,
  flags: FlagValues<typeof FLAGS>,
  { version, release, terminal }: Marking,
): Promise<BaselineReport> {
  const request = { ...byHandRequest(target), release };
  return withPassword(target, terminal, (open) =>
    stoppable(terminal, (watch) => baselineDatabase({ ...request, ...watch }, deployTargetOf(open, flags), version)),
  );
}

function answer(
  instance: string | undefined,
  target: Target,
  report: BaselineReport & { readonly written?: string },
): Answer {
  const known = report.known.length === 0 ? "" : `, ${report.known.length} were in its history before`;
  const written = report.written === undefined ? "" : `Wrote ${report.written}.\n`;
  return {
    json: { instance: target.name, ...report },
    text: () =>
      `${written}${target.name}: ${plural(report.marked.length, "file")} marked as applied${known}.\nNext: holdfast plan ${instance ?? ""}`.trimEnd(),
  };
}

function misused(what: string): HoldfastError {
  return new HoldfastError("invalid_usage", `holdfast baseline: ${what}.`, { next: "See: holdfast baseline --help" });
}
