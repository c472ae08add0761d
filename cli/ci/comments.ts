import type { GitHubApi } from "./github-api.js";

/** Who GitHub says wrote what a workflow's own token wrote. */
export const WORKFLOW_AUTHOR = "github-actions[bot]";

export interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Where a comment belongs, and how it is found again. */
export interface CommentPlace {
  readonly repository: string;
  readonly pullRequest: number;
  /** Its first line. */
  readonly marker: string;
  /** Only this account's comment counts: anybody can write a marker. */
  readonly author: string;
}

export async function findComment(api: GitHubApi, place: CommentPlace): Promise<Comment | undefined> {
  const { repository, pullRequest, marker, author } = place;
  const comments = await api.list(`/repos/${repository}/issues/${pullRequest}/comments`);
  return comments.flatMap((one) => commentOf(one, marker, author))[0];
}

function commentOf(value: unknown, marker: string, author: string): Comment[] {
  const { id, body, user } = value as { id?: unknown; body?: unknown; user?: { login?: unknown } | null };
  const isOurs = user?.login === author && typeof body === "string" && body.split(/\r?\n/)[0] === marker;
  return isOurs && typeof id === "number" ? [{ id, body }] : [];
}

/** GitHub refuses longer ones. */
const LONGEST_BODY = 65_000;

/** Writes the one comment of a stack: edits it where it is there already. Tells what it did. */
export async function postComment(
  api: GitHubApi,
  place: CommentPlace,
  text: string,
): Promise<"created" | "edited" | "unchanged"> {
  const body = text.length <= LONGEST_BODY ? text : `${text.slice(0, LONGEST_BODY)}\n\n… cut: the whole is in the run.`;
  const { repository, pullRequest } = place;
  const found = await findComment(api, place);
  if (found?.body === body) return "unchanged";
  if (found === undefined) {
    await api.send("POST", `/repos/${repository}/issues/${pullRequest}/comments`, { body });
    return "created";
  }
  await api.send("PATCH", `/repos/${repository}/issues/comments/${found.id}`, { body });
  return "edited";
}
