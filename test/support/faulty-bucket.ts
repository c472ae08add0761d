import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the storage does in place of an answer. */
export type BucketTrouble =
  | { readonly code: string; readonly status: number }
  /** The connection is cut in the middle of what is sent. */
  | "cut"
  /** Checksums are neither looked at nor given, as some endpoints do it. */
  | "no-checksums";

export interface FaultyBucket {
  readonly url: string;
  /** `PUT /bucket/key` … as they were asked for, in order. */
  readonly asked: readonly string[];
  /** Every request that fits meets the trouble, as often as said. */
  trouble(fits: RegExp, trouble: BucketTrouble, times?: number): void;
  calm(): void;
  stop(): Promise<void>;
}

/** Stands in front of a simulated S3 and has the faults of a real one. */
export async function startFaultyBucket(behind: string): Promise<FaultyBucket> {
  const troubles: { readonly fits: RegExp; readonly trouble: BucketTrouble; times: number }[] = [];
  const asked: string[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const what = `${incoming.method ?? ""} ${incoming.url ?? ""}`;
    asked.push(what);
    const met = troubles.find(({ fits, times }) => times > 0 && fits.test(what));
    if (met !== undefined) met.times--;
    const trouble = met?.trouble;
    if (trouble === "cut") {
      incoming.once("data", () => incoming.socket.destroy());
      return;
    }
    if (typeof trouble === "object") {
      incoming.resume();
      await once(incoming, "end");
      const xml = `<?xml version="1.0"?><Error><Code>${trouble.code}</Code><Message>${trouble.code}</Message></Error>`;
      response.writeHead(trouble.status, { "content-type": "application/xml" }).end(xml);
      return;
    }
    await pass(behind, incoming, response, trouble === "no-checksums");
  };
  const server = createServer((incoming, response) => {
    incoming.on("error", () => undefined);
    answer(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    trouble: (fits, trouble, times = 1) => void troubles.push({ fits, trouble, times }),
    calm: () => {
      troubles.length = 0;
      asked.length = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function pass(
  behind: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  isBlind: boolean,
): Promise<void> {
  const { hostname, port } = new URL(behind);
  const kept = Object.entries(incoming.headers).filter(([name]) => !(isBlind && /checksum/.test(name)));
  const outgoing = forward({
    ...{ hostname, port, method: incoming.method, path: incoming.url },
    headers: Object.fromEntries(kept),
  });
  incoming.pipe(outgoing);
  const [answered] = (await once(outgoing, "response")) as [IncomingMessage];
  const shown = Object.entries(answered.headers).filter(([name]) => !(isBlind && /checksum/.test(name)));
  response.writeHead(answered.statusCode ?? 500, Object.fromEntries(shown));
  answered.pipe(response);
}
