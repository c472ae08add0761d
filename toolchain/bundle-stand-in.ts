import { join } from "node:path";

/**
 * Bundles the stand-in for a provider's plugin with all it needs into one file: it then runs from the Pulumi home, whatever
 * becomes of the checkout. About 0.2 s. What is only loaded where it is installed stays out: the SDK's TypeScript compiler, pg's
 * native driver.
 */
export async function bundleStandIn(provider: string, outfile: string): Promise<void> {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(__dirname, `${provider}-stand-in`, "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["typescript", "ts-node", "pg-native"],
    logLevel: "silent",
  });
}
