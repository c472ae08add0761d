import { stopSharedServer } from "./postgres.js";

/** Mocha waits for this, so that the shared server's files are gone when the command returns. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopSharedServer();
}
