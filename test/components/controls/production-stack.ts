import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import program from "../../../index.js";
import { ACCOUNT } from "../../support/cloud.js";
import type { StackHarness } from "../../support/pulumi.js";
import { registeredResources, type RegisteredResource } from "../../support/render/registered-resources.js";

/**
 * Everything the program registers with production's own settings, and with files. The up stops before roles and migrations,
 * which are no resources of AWS.
 */
export async function deployProduction(harness: StackHarness): Promise<RegisteredResource[]> {
  const stack = await harness.createStack({ program, project: "holdfast", stack: "prod" });
  const settings = readFileSync("Pulumi.prod.yaml", "utf8").replaceAll("000000000000", ACCOUNT);
  writeFileSync(join(harness.home.workDirectory, "Pulumi.prod.yaml"), settings);
  await stack.setConfig({ "holdfast:files": JSON.stringify({ kind: "s3" }) });
  const { errors } = await stack.up({ mayFail: true });
  const fault = errors.find((error) => !/execution "codebuild"|update failed/.test(error));
  if (fault !== undefined) throw new Error(fault);
  return registeredResources(await stack.state());
}
