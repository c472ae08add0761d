import { join } from "node:path";
import { ensurePulumiCli } from "../../toolchain/pulumi-cli.js";
import { ToolchainError } from "../../toolchain/toolchain-error.js";
import { stopSharedServer } from "./postgres.js";

const CHECKOUT = join(__dirname, "..", "..");

/**
 * On a fresh machine Pulumi's command line is downloaded or built first, which takes minutes: longer than a test may.
 * Where it cannot be had, the tests that need it say so themselves.
 */
export async function mochaGlobalSetup(): Promise<void> {
  const said = new Set<string>();
  const progress = (message: string): void => {
    // Messages of one step differ only in their numbers.
    const step = message.replace(/\d+ of/, "").trim();
    if (!said.has(step)) process.stderr.write(`${message}\n`);
    said.add(step);
  };
  await ensurePulumiCli({ projectRoot: CHECKOUT, progress }).catch((error: unknown) => {
    if (!(error instanceof ToolchainError)) throw error;
    process.stderr.write(`${error.message}\n${error.next}\n`);
  });
}

/** Mocha waits for this, so that the shared server's files are gone when the command returns. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopSharedServer();
}
