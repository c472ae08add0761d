import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { isAlive } from "../../engine/adapters/local/postmaster.js";
import { createDatabase, startTestServer } from "./postgres.js";
import { until } from "./until.js";

describe("the throw-away PostgreSQL of the tests", () => {
  it("gives each test an empty database of its own", async () => {
    const first = await createDatabase({ ownerRole: "app_owner" });
    const second = await createDatabase();
    const client = await first.client();
    await client.query("CREATE TABLE probe ()");
    const other = await second.client();
    assert.equal(
      (await other.query<{ to_regclass: string | null }>("SELECT to_regclass('probe')")).rows[0]!.to_regclass,
      null,
    );
    const owner = await client.query<{ owner: string }>(
      "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()",
    );
    assert.equal(owner.rows[0]!.owner, "app_owner");
    await Promise.all([client.end(), other.end()]);
    await Promise.all([first.drop(), second.drop()]);
  });

  it("asks for a password, so that a test of a wrong one can fail", async () => {
    const { host, port } = await startTestServer();
    const { Client } = await import("pg");
    const client = new Client({ host, port, user: "postgres", password: "wrong", database: "postgres" });
    await assert.rejects(client.connect(), { code: "28P01" });
  });

  it("leaves no server and no file behind when the test process is killed", async () => {
    const script = `
      require("./test/support/postgres.ts").startTestServer().then((server) => {
        console.log(JSON.stringify({ pid: server.pid, dataDirectory: server.dataDirectory }));
        process.kill(process.pid, "SIGKILL");
      });`;
    const run = promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", script]);
    const stdout = await run.then(
      () => assert.fail("it should have been killed"),
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    const { pid, dataDirectory } = JSON.parse(stdout) as { pid: number; dataDirectory: string };
    await until("server and files are gone", () => !isAlive(pid) && !existsSync(dataDirectory));
  });
});
