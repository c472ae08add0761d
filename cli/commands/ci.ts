import { BASELINE_FILE, writeBaseline } from "../ci/baseline-file.js";
import type { CiReport } from "../ci/ci-report.js";
import { WORKFLOW_AUTHOR } from "../ci/comments.js";
import { FORMAT_FLAG, formatOf, jsonOf, readWrites, render, writeAll, type Rendering } from "../ci/formats.js";
import { linksOf } from "../ci/links.js";
import { misused } from "../ci/misused.js";
import { findGitHubRun } from "../ci/pull-request.js";
import { runChecks } from "../ci/run-checks.js";
import { defineCommand, type Answer, type FlagValues, type Flags } from "../command.js";
import { plural } from "../format.js";
import { findPlace, FOLDER_FLAG, type Place } from "../place.js";

const FLAGS = {
  ...FOLDER_FLAG,
  release: { type: "string", value: "VERSION", about: "the release of the folder; default: version in package.json" },
  base: {
    type: "string",
    value: "REF",
    about: "judge what is new against this branch; what was there before fails nothing",
  },
  preview: {
    type: "string",
    value: "FILE",
    about: "the output of `pulumi preview --json`, or -: the stack's part of the report",
  },
  environment: { type: "string", value: "NAME", about: "its required variables must also be set in this process" },
  allow: { type: "list", value: "URN", about: "a resource that may go, as for guard; may be given several times" },
  because: { type: "string", value: "TEXT", about: "why; required with --allow" },
  ...FORMAT_FLAG,
  write: {
    type: "list",
    value: "FORMAT=FILE",
    about: "also writes that format into a file; may be given several times",
  },
  comment: {
    type: "boolean",
    about: "writes the stack's one comment of the pull request; needs GITHUB_TOKEN and --preview",
  },
  author: { type: "string", value: "LOGIN", about: `whose comment it is; default ${WORKFLOW_AUTHOR}` },
  "record-baseline": {
    type: "boolean",
    about: `records today's errors in ${BASELINE_FILE}: they fail nothing from now on`,
  },
} as const satisfies Flags;

export const command = defineCommand({
  about:
    "Everything a pull request must pass, without a database or a network: files, rules, phases, a rehearsal, approvals, variables,\n" +
    "SQLite, destructive seeding, .env files and secrets under version control. With a preview of the stack, its risks too.",
  words: [],
  flags: FLAGS,
  examples: [
    ["holdfast ci --base origin/main", "before a push, and on a pull request of a fork"],
    [
      "holdfast ci --base origin/main --preview preview.json --comment",
      "on a pull request, with what the stack would do",
    ],
    ["holdfast ci --record-baseline", "once, in a project that has a past"],
  ],
  async run({ flags, terminal }) {
    const format = formatOf("ci", flags.format, terminal.isJson);
    const writes = readWrites(flags.write ?? []);
    checkFlags(flags);
    const place = findPlace();
    const report = await runChecks({
      ...{ place, dir: flags.dir, release: flags.release, base: flags.base, preview: flags.preview },
      ...{ environment: flags.environment, allow: flags.allow ?? [], now: new Date() },
    });
    if (flags["record-baseline"] === true) return record(place, report);
    const rendering = { report, links: linksOf(place.project), terminal };
    await writeAll(writes, rendering);
    if (flags.comment === true) await comment(flags.author ?? WORKFLOW_AUTHOR, rendering);
    return {
      json: jsonOf(report),
      text: () => render(format, rendering),
      exitCode: report.ok ? 0 : 3,
    };
  },
});

type CiFlags = FlagValues<typeof FLAGS>;

function checkFlags({ allow = [], because, comment: isComment, preview }: CiFlags): void {
  if (allow.length > 0 && because === undefined)
    throw misused("ci", "--allow needs --because", 'Say why: --because "…".');
  if (isComment === true && preview === undefined)
    throw misused("ci", "--comment needs --preview: a comment is of a stack", "Without one: --write markdown=FILE.");
}

function record({ project: { root } }: Place, { findings, known }: CiReport): Answer {
  const recorded = writeBaseline(root, [...findings, ...known]);
  const many = plural(recorded.length, "finding");
  return {
    json: { ok: true, recorded },
    text: () => `${many} recorded in ${BASELINE_FILE}: commit it. It only ever shrinks, if you take out what you mend.`,
  };
}

/** A comment that cannot be written changes no verdict: a fork's run has no right to. */
async function comment(author: string, { report, links, terminal }: Rendering): Promise<void> {
  const run = findGitHubRun(process.env);
  if (run?.pullRequest === undefined || run.token === undefined) {
    terminal.note(
      `No comment was written: ${run?.token === undefined ? "there is no GITHUB_TOKEN" : "this is no pull request"}.`,
    );
    return;
  }
  const [{ gitHubApi, GitHubFailure }, { postComment }, { markerOf, renderMarkdown }] = await Promise.all([
    import("../ci/github-api.js"),
    import("../ci/comments.js"),
    import("../ci/render-markdown.js"),
  ]);
  const { repository, pullRequest } = run;
  const place = { repository, pullRequest, author, marker: markerOf(report.project, report.stack) };
  try {
    const done = await postComment(gitHubApi(run), place, renderMarkdown(report, links));
    terminal.note(`The comment of ${report.stack ?? "the files"} on #${pullRequest} was ${done}.`);
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    terminal.note(`No comment was written: ${error.message}`);
  }
}
