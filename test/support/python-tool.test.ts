import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RDSClient, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { MOTO_REGION, startMoto } from "./moto.js";
import { pythonTool } from "./python-tool.js";

describe("tools from PyPI", function () {
  this.timeout(120_000);
  let cache: string;
  let requirements: string;

  before(() => {
    cache = mkdtempSync(join(tmpdir(), "holdfast python cache "));
    requirements = join(cache, "requirements.txt");
    writeFileSync(requirements, "# nothing but Python itself\n");
  });
  after(() => rmSync(cache, { recursive: true, force: true }));

  const tool = (env?: NodeJS.ProcessEnv) =>
    pythonTool({ name: "nothing", requirements, cache, progress: () => undefined, ...(env !== undefined && { env }) });

  it("are made once by two that want one at the same time, and found by the next", async () => {
    const [first, second] = await Promise.all([tool(), tool()]);
    assert.equal(first.python, second.python);
    assert.equal(readdirSync(join(cache, "python")).length, 1);
    const { code, stdout } = await (await tool()).run(["-c", "import sys; print(sys.prefix)"]);
    assert.equal(code, 0);
    assert.equal(`${stdout}/bin/python`, first.python);
  });

  it("say what to install where Python is missing", async () => {
    await assert.rejects(tool({ PATH: cache }), /nothing.*no python3 on PATH[^]*Install Python 3/);
  });

  it("bring a simulated AWS API, which forgets between tests and ends when it is told to", async () => {
    const moto = await startMoto();
    try {
      const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
      const client = new RDSClient({ endpoint: moto.url, region: MOTO_REGION, credentials });
      assert.deepEqual((await client.send(new DescribeDBInstancesCommand())).DBInstances, []);
      await moto.reset();
    } finally {
      await moto.stop();
    }
    await assert.rejects(fetch(moto.url));
  });
});
