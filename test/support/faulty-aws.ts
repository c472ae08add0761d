import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What AWS does instead of answering. */
export type AwsTrouble =
  /** An error of that code and HTTP status. */
  | { readonly code: string; readonly status: number; readonly message?: string }
  /** The connection is cut: before the request is heard, or after it was done and before the answer. */
  | { readonly cut: "before" | "after" }
  /** An answer that the simulation behind it does not know to give. */
  | { readonly answer: string }
  /** The answer, changed on its way. */
  | { readonly change: (answer: string) => string };

export interface FaultyAws {
  readonly url: string;
  /** Actions asked for so far, in order: `CreateDBSnapshot`, `GetSecretValue`. */
  readonly asked: readonly string[];
  /** What was asked of RDS by that action so far, field by field. */
  bodies(action: string): readonly URLSearchParams[];
  /** The next requests of that action go wrong, one after another; those behind them are answered. */
  trouble(action: string, ...troubles: readonly AwsTrouble[]): void;
  /** Every answer to that action is changed on its way, until it is calm again. */
  rewrite(action: string, change: (answer: string) => string): void;
  /** Forgets troubles and what was asked. */
  calm(): void;
  stop(): Promise<void>;
}

/** Stands in front of a simulated AWS and has the faults of the real one. */
export async function startFaultyAws(behind: string): Promise<FaultyAws> {
  const pending = new Map<string, AwsTrouble[]>();
  const rewritten = new Map<string, (answer: string) => string>();
  const asked: string[] = [];
  const bodies: URLSearchParams[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const action = actionOf(request, body);
    asked.push(action);
    bodies.push(new URLSearchParams(body));
    const trouble = pending.get(action)?.shift();
    if (trouble !== undefined && "code" in trouble) {
      refuse(request, response, trouble);
      return;
    }
    if (trouble !== undefined && "cut" in trouble && trouble.cut === "before") {
      cut(request);
      return;
    }
    if (trouble !== undefined && "answer" in trouble) {
      response.writeHead(200, { "content-type": "text/xml" }).end(trouble.answer);
      return;
    }
    const { status, type, text } = await forward(behind, request, body);
    if (trouble !== undefined && "cut" in trouble) {
      cut(request);
      return;
    }
    const change = trouble?.change ?? rewritten.get(action);
    const changed = change === undefined ? text : change(text);
    response.writeHead(status, { "content-type": type }).end(changed);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => cut(request));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    bodies: (action) => bodies.filter((body) => body.get("Action") === action),
    trouble: (action, ...troubles) => pending.set(action, [...(pending.get(action) ?? []), ...troubles]),
    rewrite: (action, change) => rewritten.set(action, change),
    calm: () => {
      pending.clear();
      rewritten.clear();
      asked.length = 0;
      bodies.length = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** RDS speaks the query protocol, Secrets Manager the JSON one. */
function actionOf({ headers }: IncomingMessage, body: string): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? "";
  return new URLSearchParams(body).get("Action") ?? "";
}

async function forward(behind: string, { headers, url = "/" }: IncomingMessage, body: string) {
  // The signature names the host, which moto does not check; it does read service and region from it.
  const kept = Object.entries(headers).filter(([name]) => !["host", "connection", "content-length"].includes(name));
  const passed = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
  const answer = await fetch(`${behind}${url}`, { method: "POST", headers: passed, body });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "text/xml", text: await answer.text() };
}

function refuse(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { code, status, message = code }: { readonly code: string; readonly status: number; readonly message?: string },
): void {
  const isJson = headers["x-amz-target"] !== undefined;
  const text = isJson
    ? JSON.stringify({ __type: code, message })
    : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  response.writeHead(status, { "content-type": isJson ? "application/x-amz-json-1.1" : "text/xml" }).end(text);
}

function cut(request: IncomingMessage): void {
  request.socket.destroy();
}
