import { HoldfastError } from "../../engine/index.js";
import { findComment } from "./comments.js";
import type { GitHubApi } from "./github-api.js";
import type { GitHubRun } from "./pull-request.js";

/** A stack's plan, as the pull request showed it that a commit came by. */
export interface FoundPlan {
  readonly pullRequest: number;
  /** One line: digest and members. */
  readonly plan: string;
}

interface Question {
  readonly run: Pick<GitHubRun, "repository" | "commit">;
  readonly marker: string;
  readonly author: string;
}

/**
 * Finds the plan that was shown last on the pull request, and refuses one that is of an earlier commit of it.
 * @throws HoldfastError no_reviewed_plan
 */
export async function readReviewedPlan(api: GitHubApi, { run, marker, author }: Question): Promise<FoundPlan> {
  const { repository, commit } = run;
  const merged = (await api.list(`/repos/${repository}/commits/${commit}/pulls`)).flatMap(pullOf);
  const pull = merged.find((one) => one.mergedAs === commit) ?? merged[0];
  if (pull === undefined) throw missing(`${short(commit)} came with no merged pull request`);
  const { number } = pull;
  const comment = await findComment(api, { repository, pullRequest: number, marker, author });
  const named = marker.replace(/^<!-- holdfast:(.*) -->$/, "$1");
  if (comment === undefined) throw missing(`#${number} has no comment of ${named} by ${author}`);
  const [, head, plan] = /^<!-- holdfast-plan commit=([0-9a-f]+) (.+) -->$/m.exec(comment.body) ?? [];
  if (plan === undefined) throw missing(`the plan on #${number} was not compared with what ${named} deployed`);
  if (head !== pull.head)
    throw missing(`the comment on #${number} is of ${short(head ?? "")}, and ${short(pull.head)} was merged`);
  return { pullRequest: number, plan };
}

interface Pull {
  readonly number: number;
  /** The last commit of its branch. */
  readonly head: string;
  /** The commit it became; null for one that is open. */
  readonly mergedAs: string | null;
}

function pullOf(value: unknown): Pull[] {
  const { number, head, merged_at, merge_commit_sha } = value as {
    number?: number;
    head?: { sha?: string };
    merged_at?: string | null;
    merge_commit_sha?: string | null;
  };
  if (number === undefined || head?.sha === undefined || merged_at == null) return [];
  return [{ number, head: head.sha, mergedAs: merge_commit_sha ?? null }];
}

function short(commit: string): string {
  return commit.slice(0, 7);
}

function missing(why: string): HoldfastError {
  return new HoldfastError("no_reviewed_plan", `There is no reviewed plan: ${why}.`, {
    next: "Look at the plan yourself (holdfast plan, or pulumi preview), and deploy with its digest: --reviewed-plan, or HOLDFAST_REVIEWED_PLAN.",
  });
}
