import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export type Direction = "to-server" | "to-client";

/** Where the connection is cut: after the n-th protocol message (from 1) in one direction, over all connections. */
export interface Cut {
  readonly direction: Direction;
  readonly after: number;
  /** True: only the connections of that moment are cut, and new ones are let through. Default: nothing gets through any more. */
  readonly heals?: boolean;
}

/** A proxy that understands where PostgreSQL's protocol messages end (manual, "Message Formats") and cuts between them. */
export interface CuttingProxy {
  readonly port: number;
  /** Messages seen so far, by direction. */
  readonly seen: Readonly<Record<Direction, number>>;
  /** True once it has cut. */
  hasCut(): boolean;
  stop(): Promise<void>;
}

/** Splits a byte stream into whole messages. The client's first message has no type byte. */
class Framer {
  private pending = Buffer.alloc(0);
  constructor(private isFirst: boolean) {}

  push(chunk: Buffer): Buffer[] {
    this.pending = Buffer.concat([this.pending, chunk]);
    const messages: Buffer[] = [];
    for (;;) {
      const header = this.isFirst ? 4 : 5;
      if (this.pending.length < header) return messages;
      const length = this.pending.readInt32BE(header - 4) + header - 4;
      if (this.pending.length < length) return messages;
      messages.push(this.pending.subarray(0, length));
      this.pending = this.pending.subarray(length);
      this.isFirst = false;
    }
  }
}

/** @param cut unset: nothing is cut, only counted */
export async function startCuttingProxy(target: { host: string; port: number }, cut?: Cut): Promise<CuttingProxy> {
  const seen: Record<Direction, number> = { "to-server": 0, "to-client": 0 };
  const sockets = new Set<Socket>();
  let isCut = false;

  const cutNow = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };

  const forward = (from: Socket, to: Socket, direction: Direction): void => {
    const framer = new Framer(direction === "to-server");
    from.on("data", (chunk: Buffer) => {
      for (const message of framer.push(chunk)) {
        if (from.destroyed) return;
        seen[direction]++;
        const isTheOne = !isCut && cut?.direction === direction && seen[direction] === cut.after;
        // The message itself still arrives: what it did has happened, only the answer is lost.
        if (isTheOne) {
          to.write(message, cutNow);
          return;
        }
        to.write(message);
      }
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => sockets.delete(from));
  };

  const server: Server = createServer((client) => {
    if (isCut && cut?.heals !== true) {
      client.destroy();
      return;
    }
    const upstream = connect(target.port, target.host);
    sockets.add(client).add(upstream);
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    forward(client, upstream, "to-server");
    forward(upstream, client, "to-client");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    hasCut: () => isCut,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
