import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  DatabaseNetwork,
  DatabaseSecrets,
  EncryptionKey,
  FileStorage,
  PersistentDatabase,
} from "../../components/index.js";
import program from "../../index.js";
import { ensureBuilt } from "../support/build.js";
import { runCli } from "../support/cli.js";
import { ACCOUNT, cloudOf, KNOWN_SECRET_MARK } from "../support/cloud.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { setEnvironment } from "../support/environment.js";
import { formsOf, secretsBelow, secretsIn, watchProcesses, type ProcessWatch } from "../support/find-secrets.js";
import { inFolder } from "../support/in-folder.js";
import { createStackHarness, type RunOptions, type StackHarness, type TestStack } from "../support/pulumi.js";

const BLOB_TOKEN = `vercel_blob_rw_${randomBytes(16).toString("hex")}`;
const FIRST = "CREATE TABLE notes (id bigint PRIMARY KEY);\n";
const FILES = { "sql/0001_create_notes.sql": FIRST, "holdfast.json": '{"directory": "sql", "instances": {}}' };
const WRONG = "CREATE TABLE bodies (id bigint PRIMARY KEY);\nSELECT no_such_column FROM bodies;\n";

/**
 * Every side that has secrets hands out known ones. Then all that was printed, kept, exported, logged or given to a process is
 * searched for them. What a database on AWS and its runner tell each other is looked through in test/aws/login.test.ts.
 */
describe("a secret of a stack", function () {
  this.timeout(400_000);
  let harness: StackHarness;
  let dataRoot: TestDataRoot;
  let temporary: string;
  let processes: ProcessWatch;
  let restore: () => void;
  const secrets = new Map<string, string>();
  /** What was printed, told and exported, by what it came from. */
  const told = new Map<string, string>();

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    temporary = mkdtempSync(join(tmpdir(), "holdfast-secrets-"));
    // A token that is there for the taking, in the environment of everything that runs.
    const env = { HOLDFAST_HOME: dataRoot.path, TMPDIR: temporary, BLOB_READ_WRITE_TOKEN: BLOB_TOKEN };
    harness = await createStackHarness({ cloud: true, env, files: FILES });
    restore = setEnvironment({ BLOB_READ_WRITE_TOKEN: BLOB_TOKEN });
    secrets.set("the token of the file storage", BLOB_TOKEN);
    processes = watchProcesses();
  });
  after(async () => {
    processes.stop();
    restore();
    harness.remove();
    await dataRoot.remove();
    rmSync(temporary, { recursive: true, force: true });
  });

  type Operation = "preview" | "up" | "refresh" | "destroy";

  async function run(stack: TestStack, operation: Operation, options: RunOptions = {}): Promise<boolean> {
    const report = await inFolder(harness.home.workDirectory, () => stack[operation]({ mayFail: true, ...options }));
    const what = `${stack.stack.name}: ${operation} ${told.size}`;
    told.set(what, JSON.stringify([report.events, report.outputs, report.stdout, report.stderr]));
    // Decrypted, as `pulumi stack export --show-secrets` gives it.
    told.set(`${what}, the state after it`, JSON.stringify(await stack.state()));
    return report.succeeded;
  }

  async function holdfast(...args: string[]): Promise<number | null> {
    const path = `${dirname(harness.cli)}:${process.env["PATH"] ?? ""}`;
    const ran = await runCli(args, { cwd: harness.home.workDirectory, env: { ...harness.env, PATH: path } });
    told.set(`holdfast ${args.join(" ")}`, ran.stdout + ran.stderr);
    return ran.exitCode;
  }

  async function open(name: string, config: Record<string, string>, own: pulumi.automation.PulumiFn = program) {
    return harness.createStack({ program: own, project: "holdfast", stack: name, config });
  }

  const aws = { "aws:region": "eu-central-1", "aws:allowedAccountIds": JSON.stringify([ACCOUNT]) };

  it("lies in the cloud of a production stack that is deployed, refreshed, and deployed with faults", async () => {
    const text = readFileSync("Pulumi.prod.yaml", "utf8").replaceAll("000000000000", ACCOUNT);
    const prod = await open("prod", {});
    writeFileSync(join(harness.home.workDirectory, "Pulumi.prod.yaml"), text);
    await prod.setConfig({ "holdfast:directory": "sql" });
    assert.equal(await run(prod, "preview"), true);
    assert.equal(await run(prod, "up"), false, "execution codebuild stops it");
    const cloud = cloudOf(harness);
    secrets.set("the master password", passwordOf(cloud.secretValue("holdfast-prod-database")));
    cloud.rotateSecret("holdfast-prod-database");
    secrets.set("the rotated master password", passwordOf(cloud.secretValue("holdfast-prod-database")));
    assert.equal(await run(prod, "refresh"), true);
    assert.equal(await run(prod, "destroy"), false);
    await prod.setConfig({ "aws:allowedAccountIds": '["999999999999"]', "holdfast:engine": "postgres" });
    assert.equal(await run(prod, "up"), false, "another account is refused by the provider");
    for (const command of ["status", "info"]) assert.notEqual(await holdfast(command, "prod", "--json"), 0);
  });

  it("lies in the cloud of a stack with password roles and files of both kinds", async () => {
    const mixed = await open("mixed", aws, withEverything());
    assert.equal(await run(mixed, "up"), true);
    secrets.set("another master password", passwordOf(cloudOf(harness).secretValue("holdfast-mixed-database")));
    assert.equal(await run(mixed, "refresh"), true);
    // Somebody pastes the token itself: refused, in words that do not repeat it.
    assert.equal(await run(mixed, "preview", { program: withEverything({ tokenSecretArn: BLOB_TOKEN }) }), false);
    assert.equal(await run(mixed, "up", { program: withEverything({ tokenVariable: BLOB_TOKEN }) }), false);
  });

  it("lies in the data root of a stack on this machine, whose deploys succeed and fail", async () => {
    const dev = await open("dev", { "holdfast:directory": "sql" });
    assert.equal(await run(dev, "preview"), true);
    assert.equal(await run(dev, "up"), true);
    assert.equal(await holdfast("secret", "create", "dev", "app_service", "--json"), 0);
    const folder = join(dataRoot.path, "holdfast", "dev");
    secrets.set("the superuser's password", readFileSync(join(folder, "password"), "utf8").trim());
    for (const role of readdirSync(join(folder, "passwords"))) {
      secrets.set(`the password of ${role}`, readFileSync(join(folder, "passwords", role), "utf8").trim());
    }
    // A line of the key: its text is broken into them.
    const [, , line = ""] = readFileSync(join(folder, "login", "key.pem"), "utf8").split("\n");
    secrets.set("the key of the superuser's certificate", line);
    assert.equal(await run(dev, "refresh", { runProgram: true }), true);
    for (const command of ["status", "check", "info", "plan", "access", "backups"]) {
      assert.equal(
        await holdfast(...(command === "access" ? ["access", "show"] : [command]), "dev", "--json"),
        0,
        command,
      );
    }
    writeFileSync(join(harness.home.workDirectory, "sql/0002_create_bodies.sql"), WRONG);
    await dev.setConfig({ "holdfast:directory": "sql", "holdfast:release": "1.9.0" });
    assert.equal(await run(dev, "preview"), true);
    assert.equal(await run(dev, "up"), false, "the SQL is wrong");
    assert.equal(await holdfast("migrate", "dev", "--json"), 1);
    writeFileSync(join(folder, "password"), "no-longer-the-password");
    assert.equal(await holdfast("info", "dev", "--json"), 4);
    writeFileSync(join(folder, "password"), secrets.get("the superuser's password") ?? "");
  });

  it("is in nothing that was printed, told or exported: reports, event logs, outputs, states with all they encrypt", () => {
    assert.ok(told.size > 25 && secrets.size >= 8, `${told.size} texts, ${[...secrets.keys()].join(", ")}`);
    const found = [...told].flatMap(([what, text]) => secretsIn(text, secrets).map((name) => `${what} holds ${name}`));
    assert.deepEqual(found, []);
  });

  it("is in no file of the work directory, the backend, the temporary folder and the data root but its own", () => {
    const own = [
      ...["password", "passwords", "login"].map((name) => join(dataRoot.path, "holdfast", "dev", name)),
      join(dataRoot.path, "binaries"),
      harness.env["HOLDFAST_SIMULATED_CLOUD"],
    ];
    const places = [dirname(harness.home.workDirectory), harness.env["PULUMI_HOME"] ?? "", temporary, dataRoot.path];
    const isOwn = (path: string): boolean => own.includes(path);
    assert.deepEqual(
      places.flatMap((place) => secretsBelow(place, secrets, isOwn)),
      [],
    );
  });

  it("is in the arguments of no process", () => {
    assert.ok([...processes.lines].some((line) => line.includes("pulumi")));
    assert.deepEqual(secretsIn([...processes.lines].join("\n"), secrets), []);
  });

  it("would be found: where a program exports one, encrypted or not; in a file, in every form; in an argument", async () => {
    const master = secrets.get("the master password") ?? "";
    const careless = () =>
      Promise.resolve({
        plain: master,
        encrypted: pulumi.secret(`postgres://u:${encodeURIComponent(BLOB_TOKEN)}@h/d`),
      });
    const stack = await open("careless", {}, careless);
    assert.equal(await run(stack, "up"), true);
    const [state = ""] = [...told]
      .filter(([what]) => what.startsWith("careless") && what.endsWith("after it"))
      .at(-1)!
      .slice(1);
    assert.deepEqual(secretsIn(state, secrets), ["the token of the file storage", "the master password"]);
    const files = secretsBelow(harness.home.stateDirectory, secrets, () => false);
    assert.ok(
      files.some((line) => line.endsWith("careless.json holds the master password")),
      files.join("\n"),
    );
    for (const form of formsOf(master)) assert.deepEqual(secretsIn(`…${form}…`, secrets), ["the master password"]);
    for (const before of ["", "a", "ab"]) {
      const encoded = Buffer.from(`${before}${master}:and more`).toString("base64");
      assert.deepEqual(secretsIn(encoded, secrets), ["the master password"]);
    }
  });
});

function passwordOf(secret: string): string {
  const { password } = JSON.parse(secret) as { password: string };
  assert.ok(password.startsWith(KNOWN_SECRET_MARK));
  return password;
}

/** A database with a role that has a password, a bucket, and a store at Vercel. */
function withEverything(token: { readonly tokenSecretArn?: string; readonly tokenVariable?: string } = {}) {
  return (): Promise<Record<string, unknown>> => {
    const { arn: keyArn } = new EncryptionKey("key");
    const network = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24", endpoints: ["secretsmanager"] });
    const database = new PersistentDatabase("database", {
      keyArn,
      subnetGroupName: network.subnetGroupName,
      securityGroupIds: [network.securityGroupId],
    });
    const { secretArns, connections } = new DatabaseSecrets("app", {
      ...{ connection: database.connection, keyArn, roles: [{ name: "reporting" }] },
      administrators: [`arn:aws:iam::${ACCOUNT}:role/operations`],
      subnetIds: network.subnetIds,
      securityGroupIds: [network.clientSecurityGroupId],
    });
    new FileStorage("files", { kind: "s3", keyArn });
    const given = Object.keys(token).length > 0 ? token : { tokenVariable: "BLOB_READ_WRITE_TOKEN" };
    const avatars = new FileStorage("avatars", { kind: "vercel-blob", baseUrl: "https://x.example", ...given });
    return Promise.resolve({ secretArns, connections, environment: avatars.environment });
  };
}
