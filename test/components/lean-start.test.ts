import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Loads one file of the program as Pulumi does, and gives every module that came with it. */
async function loadedBy(file: string): Promise<string[]> {
  const script = `require(${JSON.stringify(`./${file}`)}); process.stdout.write(JSON.stringify(Object.keys(require.cache)))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "-e", script], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout) as string[];
}

const packagesOf = (modules: readonly string[]): Set<string> =>
  new Set(modules.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));

describe("the start of the program", function () {
  this.timeout(60_000);

  it("loads for a stack on this machine neither Pulumi's AWS package nor anything of the AWS SDK", async () => {
    const packages = packagesOf(await loadedBy("index.ts"));
    assert.ok(packages.has("@pulumi/pulumi") && packages.has("@pulumi/command"));
    assert.deepEqual(
      [...packages].filter((name) => name === "@pulumi/aws" || /^@(aws-sdk|smithy|aws-crypto)\//.test(name)),
      [],
    );
  });

  it("loads for a stack on AWS the services it uses, never the whole package, and nothing of the AWS SDK", async () => {
    const modules = await loadedBy("on-aws.ts");
    const services = modules.flatMap((path) => /@pulumi\/aws\/(\w+)\/index\.js$/.exec(path)?.[1] ?? []);
    assert.ok(services.includes("rds") && services.length < 20, services.join(", "));
    assert.deepEqual(
      modules.filter((path) => /@pulumi\/aws\/index\.js$|node_modules\/@(aws-sdk|smithy)\//.test(path)),
      [],
    );
  });
});
