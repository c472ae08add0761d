import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface StoredComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

/** As much of GitHub's REST API as comments need, over real HTTP. */
export interface GitHubServer {
  readonly url: string;
  readonly comments: StoredComment[];
  /** `METHOD /path?query` of each request, in order. */
  readonly asked: string[];
  /** Answers of GET /commits/{sha}/pulls. */
  pulls: object[];
  /** What writing is answered with, instead of success; a fork's token may only read. */
  refusal: number | undefined;
  close(): Promise<void>;
}

/** Smaller than GitHub's hundred, so that a few comments fill several pages. */
const PER_PAGE = 2;

export async function startGitHub(token: string): Promise<GitHubServer> {
  const state = { comments: [] as StoredComment[], asked: [] as string[], pulls: [] as object[] };
  const github = { ...state, refusal: undefined as number | undefined };
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body, link }) => {
      response.writeHead(status, { "content-type": "application/json", ...(link !== undefined && { link }) });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  const all = Object.assign(github, { url, close });

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown; link?: string }> {
    const { method = "", url: path = "" } = request;
    all.asked.push(`${method} ${path}`);
    const given = await text(request);
    if (request.headers.authorization !== `Bearer ${token}`)
      return { status: 401, body: { message: "Bad credentials" } };
    if (method !== "GET" && all.refusal !== undefined) return { status: all.refusal, body: {} };
    const { pathname, searchParams } = new URL(path, url);
    if (pathname.endsWith("/pulls")) return { status: 200, body: all.pulls };
    if (method === "GET") return page(pathname, Number(searchParams.get("page") ?? "1"));
    const { body } = JSON.parse(given) as { body: string };
    return method === "POST" ? create(body) : edit(Number(pathname.split("/").at(-1)), body);
  }

  function page(pathname: string, at: number): { status: number; body: unknown; link?: string } {
    const shown = all.comments.slice((at - 1) * PER_PAGE, at * PER_PAGE);
    const hasMore = all.comments.length > at * PER_PAGE;
    return { status: 200, body: shown, ...(hasMore && { link: `<${url}${pathname}?page=${at + 1}>; rel="next"` }) };
  }

  function create(body: string): { status: number; body: unknown } {
    all.comments.push({ id: 1000 + all.comments.length, body, user: { login: "github-actions[bot]" } });
    return { status: 201, body: {} };
  }

  function edit(id: number, body: string): { status: number; body: unknown } {
    const comment = all.comments.find((one) => one.id === id);
    if (comment === undefined) return { status: 404, body: {} };
    comment.body = body;
    return { status: 200, body: {} };
  }
  return all;
}
