import {
  adoptDatabase,
  fileMigrationSource,
  HoldfastError,
  isTool,
  nearestName,
  readFolderAs,
  TOOLS,
  type AdoptReport,
  type Tool,
} from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { byHandRequest, DEPLOYMENT_FLAGS, deployTargetOf, requiredRelease } from "../deployment.js";
import { plural } from "../format.js";
import { CONNECTION_FLAGS, findTarget, wake, type Target } from "../instances.js";
import { folderOf, type Folder } from "../place.js";
import { stoppable } from "../stoppable.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Takes over from another migration tool: what its history says has run is marked as applied, and its folder is read as it is\n" +
    "from then on. The tool's own table is only read.",
  words: [INSTANCE],
  flags: {
    ...CONNECTION_FLAGS,
    ...DEPLOYMENT_FLAGS,
    from: { type: "string", value: "TOOL", about: TOOLS.join(", ") },
    table: { type: "string", value: "NAME", about: "the tool's history table, where it has not its usual name" },
  },
  examples: [
    ["holdfast adopt staging --from dbmate --dir db/migrations", "then: holdfast plan staging shows what is pending"],
    ["holdfast adopt staging --from flyway --dir sql --table audit.schema_history", "a table of another name"],
  ],
  async run({ instance, flags, terminal }) {
    const tool = toolOf(flags.from);
    const target = await findTarget(instance, flags);
    const folder = folderOf(target.place, flags.dir, target.listed);
    const request = { ...byHandRequest(target), release: requiredRelease(target, flags) };
    const adoption = {
      ...{ tool, folder: readFolderAs(tool, folder.directory, folder.root) },
      ...(flags.table !== undefined && { table: flags.table }),
    };
    const source = fileMigrationSource(folder.directory, folder.root, tool);
    await wake(target);
    const report = await withPassword(target, terminal, (open) =>
      stoppable(terminal, (watch) =>
        adoptDatabase({ ...request, ...watch }, { ...deployTargetOf(open, flags), source }, adoption),
      ),
    );
    return {
      json: { instance: target.name, ...report },
      text: () => [done(target, report), setting(target, folder, tool), next(instance, report)].flat().join("\n"),
    };
  },
});

function toolOf(given: string | undefined): Tool {
  if (isTool(given)) return given;
  const nearest = given === undefined ? undefined : nearestName(given, TOOLS);
  const message =
    given === undefined ? "--from is missing, the tool that ran so far" : `--from ${given} is no tool that can be read`;
  throw new HoldfastError("invalid_usage", `holdfast adopt: ${message}.`, {
    next: nearest === undefined ? `Write one of ${TOOLS.join(", ")}.` : `Did you mean ${nearest}?`,
  });
}

function done({ name }: Target, { marked, known, table }: AdoptReport): string {
  const before = known.length === 0 ? "" : `, ${known.length} were in Holdfast's history before`;
  return `${name}: ${plural(marked.length, "file")} marked as applied${before}. ${table} is as it was.`;
}

/** Without it the next command would read the folder as Holdfast's own. */
function setting({ name, isAddress }: Target, { directory, format }: Folder, tool: Tool): string[] {
  if (format === tool) return [];
  const entry = { directory, format: tool };
  const whole = isAddress ? entry : { instances: { [name]: entry } };
  return [
    `The folder keeps the format of ${tool}. Say so in holdfast.json: ${JSON.stringify(whole)}`,
    `In a stack's program: SchemaMigrations' format, or pulumi config set holdfast:format ${tool}.`,
  ];
}

function next(instance: string | undefined, { pending }: AdoptReport): string {
  const [first] = pending;
  const what = first === undefined ? "nothing is pending" : `${first} is the next to run`;
  return `Next: ${`holdfast plan ${instance ?? ""}`.trimEnd()} (${what}). Do not run the tool itself any more.`;
}
