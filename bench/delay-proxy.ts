/** A TCP proxy in a process of its own that makes a round trip take `delayMs` longer. Prints its port, then serves until killed. */
import { connect, createServer, type Socket } from "node:net";

const [targetHost = "127.0.0.1", targetPort = "5432", delay = "2"] = process.argv.slice(2);
const oneWayMs = Number(delay) / 2;

/** Keeps order and backpressure: each chunk leaves `oneWayMs` after it came, never before an earlier one. */
function forward(from: Socket, to: Socket): void {
  from.on("data", (chunk) => {
    setTimeout(() => to.write(chunk), oneWayMs);
  });
  from.on("end", () => setTimeout(() => to.end(), oneWayMs));
  from.on("error", () => to.destroy());
}

const server = createServer((client) => {
  const upstream = connect(Number(targetPort), targetHost);
  client.setNoDelay(true);
  upstream.setNoDelay(true);
  forward(client, upstream);
  forward(upstream, client);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
});
