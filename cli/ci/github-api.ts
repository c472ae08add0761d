import type { GitHubRun } from "./pull-request.js";

/** GitHub's REST API, version 2022-11-28. Errors say what was asked and what came back, never the token. */
export interface GitHubApi {
  /** Everything of a list, page by page. */
  list(path: string): Promise<readonly unknown[]>;
  send(method: "POST" | "PATCH", path: string, body: object): Promise<void>;
}

/** An answer that is no success; `status` 0: there was none. */
export class GitHubFailure extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

const ANSWER_WITHIN_MS = 15_000;
/** Each has a hundred entries. */
const MOST_PAGES = 50;

export function gitHubApi({ api, token }: Pick<GitHubRun, "api" | "token">): GitHubApi {
  const ask = (method: string, url: string, body?: object): Promise<Response> => request({ method, url, token, body });
  return {
    list: async (path) => {
      const items: unknown[] = [];
      let next: string | undefined = `${api}${path}${path.includes("?") ? "&" : "?"}per_page=100`;
      for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
        const answer: Response = await ask("GET", next);
        items.push(...((await answer.json()) as unknown[]));
        next = nextPage(answer.headers.get("link"), api);
      }
      return items;
    },
    send: async (method, path, body) => {
      await ask(method, `${api}${path}`, body);
    },
  };
}

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
  readonly body: object | undefined;
}

async function request({ method, url, token, body }: Asked): Promise<Response> {
  const what = `${method} ${new URL(url).pathname}`;
  const headers = {
    accept: "application/vnd.github+json",
    "user-agent": "holdfast",
    "x-github-api-version": "2022-11-28",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  const answer = await fetch(url, {
    ...{ method, headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new GitHubFailure(`${what} was not answered (${reasonOf(error)}).`, 0);
  });
  if (answer.ok) return answer;
  throw new GitHubFailure(`${what} was answered with ${answer.status}.`, answer.status);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown reason";
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : error.name;
}

/** `<https://…&page=2>; rel="next"`. The token follows no link that leads elsewhere. */
function nextPage(link: string | null, api: string): string | undefined {
  const url = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return url?.startsWith(`${api}/`) === true ? url : undefined;
}
