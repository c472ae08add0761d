import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Lets everybody in and says it is that version, as PostgreSQL's protocol has it (manual, "Message Flow"); answers nothing more. */
export async function startOldServer(version: string): Promise<{ readonly port: number; stop(): void }> {
  const message = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(
        Buffer.concat([
          message("R", Buffer.alloc(4)),
          message("S", Buffer.from(`server_version\0${version}\0`)),
          message("K", Buffer.alloc(8)),
          message("Z", Buffer.from("I")),
        ]),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() };
}
