import { HoldfastError, parseReviewedPlan } from "../../engine/index.js";
import { WORKFLOW_AUTHOR } from "../ci/comments.js";
import { gitHubApi, GitHubFailure } from "../ci/github-api.js";
import { findGitHubRun } from "../ci/pull-request.js";
import { readReviewedPlan } from "../ci/read-reviewed-plan.js";
import { defineCommand } from "../command.js";
import { findPlace } from "../place.js";

export const command = defineCommand({
  about:
    "Prints the plan that was shown on the pull request this commit came by, for the deploy to keep to. Asks GitHub, with\n" +
    "GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_SHA as a workflow has them.",
  words: [{ name: "stack", about: "whose comment: the stack's name" }],
  flags: {
    author: { type: "string", value: "LOGIN", about: `whose comment counts; default ${WORKFLOW_AUTHOR}` },
    project: { type: "string", value: "NAME", about: "as Pulumi.yaml names it; default: the one here" },
  },
  examples: [
    ["holdfast reviewed-plan prod", "before pulumi up, on a push to main: HOLDFAST_REVIEWED_PLAN takes it"],
    ["holdfast reviewed-plan prod --json", "with the number of the pull request"],
  ],
  async run({ words: [stack = ""], flags: { author = WORKFLOW_AUTHOR, project } }) {
    const run = findGitHubRun(process.env);
    if (run === undefined) throw notHere();
    const { markerOf } = await import("../ci/render-markdown.js");
    const marker = markerOf(project ?? findPlace().project.name ?? null, stack);
    try {
      const found = await readReviewedPlan(gitHubApi(run), { run, marker, author });
      const { digest } = parseReviewedPlan(found.plan);
      return { json: { ok: true, digest, ...found }, text: () => found.plan };
    } catch (error) {
      if (error instanceof GitHubFailure) throw unanswered(error);
      throw error;
    }
  },
});

function notHere(): HoldfastError {
  return new HoldfastError("invalid_usage", "holdfast reviewed-plan: GITHUB_REPOSITORY and GITHUB_SHA are not set.", {
    next: "Run it in a workflow of GitHub, or set them, and GITHUB_TOKEN: the plan is in a pull request's comment.",
  });
}

function unanswered({ message, status }: GitHubFailure): HoldfastError {
  const next =
    status === 401 || status === 403 || status === 404
      ? "Give the job a token that may read it: permissions: pull-requests: read, and GITHUB_TOKEN in the step's env."
      : "Run it again.";
  return new HoldfastError("no_reviewed_plan", `There is no reviewed plan: ${message}`, { next });
}
