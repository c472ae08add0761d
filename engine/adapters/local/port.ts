import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { HoldfastError } from "../../core/errors.js";
import { LOCAL_HOST } from "./instance-file.js";

/** Below the ports that systems hand out for outgoing connections (from 32768 on Linux), so that none of those takes ours. */
const FIRST_PORT = 15432;
const PORTS = 4000;

/** True where nothing listens there now. */
export async function isPortFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: LOCAL_HOST, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * A port for a new instance: the same for the same name wherever it can be, never one that another instance has, even a
 * stopped one.
 *
 * @throws HoldfastError server_not_started where none of 4,000 is free
 */
export async function choosePort(seed: string, taken: ReadonlySet<number>): Promise<number> {
  const start = createHash("sha256").update(seed).digest().readUInt32BE(0) % PORTS;
  for (let step = 0; step < PORTS; step += 1) {
    const port = FIRST_PORT + ((start + step) % PORTS);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new HoldfastError("server_not_started", `No port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is free.`, {
    next: "Stop local databases you do not need (`holdfast local stop <instance>`), or set holdfast:port to a free one.",
  });
}
