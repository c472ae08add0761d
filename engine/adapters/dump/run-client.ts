import { spawn } from "node:child_process";
import type { ClientProgram } from "./find-client-program.js";

/** A client program ended badly, or was ended. */
export class ClientFailed extends Error {
  override readonly name = "ClientFailed";
  constructor(
    readonly program: string,
    /** The last of what it said; may hold names of objects, and no password. */
    readonly said: string,
  ) {
    super(said === "" ? `${program} ended without a word` : said);
  }
}

const KEPT_CHARACTERS = 4000;

/**
 * Runs a client program to its end. It is asked to end (SIGTERM, at which it cancels its queries) when `signal` is aborted.
 *
 * @throws ClientFailed
 */
export async function runClient(
  { command }: ClientProgram,
  args: readonly string[],
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<void> {
  if (signal.aborted) throw new ClientFailed(command, "it was not started");
  const child = spawn(command, [...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  const end = (): void => {
    child.kill("SIGTERM");
  };
  signal.addEventListener("abort", end);
  let said = "";
  child.stderr.on("data", (data: Buffer) => {
    said = (said + data.toString()).slice(-KEPT_CHARACTERS);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    if (code !== 0) throw new ClientFailed(command, said.trim());
  } finally {
    signal.removeEventListener("abort", end);
  }
}
