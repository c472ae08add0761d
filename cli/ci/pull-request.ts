import { readFileSync } from "node:fs";

/** A run on GitHub, as its runner tells (docs.github.com, «Variables reference»). */
export interface GitHubRun {
  /** `https://api.github.com`, or of an own server. */
  readonly api: string;
  /** `https://github.com` */
  readonly server: string;
  /** `acme/shop` */
  readonly repository: string;
  readonly token: string | undefined;
  /** The commit the run is of; of a pull request its head, not the merge GitHub tries. */
  readonly commit: string;
  /** Undefined where the run is of no pull request. */
  readonly pullRequest: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined outside of GitHub's runners. */
export function findGitHubRun(env: Environment): GitHubRun | undefined {
  const { GITHUB_REPOSITORY: repository, GITHUB_SHA: sha, GITHUB_TOKEN: token } = env;
  if (repository === undefined || sha === undefined) return undefined;
  const event = readEvent(env["GITHUB_EVENT_PATH"]);
  return {
    api: env["GITHUB_API_URL"] ?? "https://api.github.com",
    server: env["GITHUB_SERVER_URL"] ?? "https://github.com",
    ...{ repository, token: token === "" ? undefined : token },
    commit: event?.pull_request?.head?.sha ?? sha,
    pullRequest: event?.pull_request?.number,
  };
}

interface PullRequestEvent {
  readonly pull_request?: { readonly number?: number; readonly head?: { readonly sha?: string } };
}

function readEvent(path: string | undefined): PullRequestEvent | undefined {
  if (path === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as PullRequestEvent;
  } catch {
    return undefined;
  }
}
