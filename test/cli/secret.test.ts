import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { ensureLocalInstance, type LocalInstance } from "../../engine/index.js";
import { createProject, runCli, type CliRun, type TestProject } from "../support/cli.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { MOTO_ACCOUNT, MOTO_REGION, startMoto, type Moto } from "../support/moto.js";
import { startTestServer, type TestServer } from "../support/postgres.js";

const KEY = `arn:aws:kms:${MOTO_REGION}:${MOTO_ACCOUNT}:key/0f2f3c1e-0000-4000-8000-000000000000`;

interface At {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

async function logIn({ host, port, database }: At, user: string, password: string): Promise<void> {
  const client = new Client({ host, port, user, database, password });
  client.on("error", () => undefined);
  await client.connect();
  await client.end();
}

describe("holdfast secret create, in AWS Secrets Manager", function () {
  this.timeout(120_000);
  let moto: Moto;
  let server: TestServer;
  let client: SecretsManagerClient;
  const printed: string[] = [];
  const passwords = new Set<string>();

  before(async () => {
    moto = await startMoto();
    server = await startTestServer({ settings: { log_statement: "all" } });
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    client = new SecretsManagerClient({ endpoint: moto.url, region: MOTO_REGION, credentials });
  });
  after(async () => {
    client.destroy();
    await Promise.all([server.stop(), moto.stop()]);
  });

  const create = async (...args: string[]): Promise<CliRun> => {
    const { user, password, port } = server;
    const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;
    const run = await runCli(["secret", "create", ...args], { env: { ...moto.env, DATABASE_URL: url } });
    printed.push(run.stdout, run.stderr);
    return run;
  };

  async function asAdmin(...statements: string[]): Promise<void> {
    const admin = await server.client();
    for (const statement of statements) await admin.query(statement);
    await admin.end();
  }

  /** As DatabaseSecrets makes it: under a key, without a value. */
  async function createSecret(Name: string, KmsKeyId: string | undefined = KEY): Promise<string> {
    const { ARN = "" } = await client.send(new CreateSecretCommand({ Name, ...(KmsKeyId !== "" && { KmsKeyId }) }));
    return ARN;
  }

  async function kept(SecretId: string): Promise<{ username: string; password: string }> {
    const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId }));
    const credential = JSON.parse(SecretString) as { username: string; password: string };
    passwords.add(credential.password);
    return credential;
  }

  async function versions(SecretId: string): Promise<number> {
    return (await client.send(new ListSecretVersionIdsCommand({ SecretId }))).Versions?.length ?? 0;
  }

  const at = (): At => ({ host: "127.0.0.1", port: server.port, database: "postgres" });

  it("makes a password, keeps it in the secret, lets the role in by it, and prints only the ARN", async () => {
    await asAdmin("CREATE ROLE reporting LOGIN");
    const arn = await createSecret("shop/prod/app/reporting");
    const { exitCode, stdout, stderr } = await create("reporting", "--secret", arn);
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout, `reporting has a new password: ${arn}\n`);
    const { username, password } = await kept(arn);
    assert.equal(username, "reporting");
    assert.match(password, /^[\w-]{43}$/);
    await logIn(at(), "reporting", password);
  });

  it("changes nothing when it is run again", async () => {
    await asAdmin("CREATE ROLE again LOGIN");
    const arn = await createSecret("shop/prod/app/again");
    await create("again", "--secret", arn);
    const before = await kept(arn);
    const { json, exitCode } = await create("again", "--secret", arn, "--json");
    assert.equal(exitCode, 0);
    assert.deepEqual(json(), {
      instance: `127.0.0.1:${server.port}/postgres`,
      role: "again",
      outcome: "kept",
      secretArn: arn,
    });
    assert.deepEqual(await kept(arn), before);
    assert.equal(await versions(arn), 1);
  });

  it("puts the password that is kept on a server that does not know it: after a crash, or a restore", async () => {
    await asAdmin("CREATE ROLE restored LOGIN");
    const arn = await createSecret("shop/prod/app/restored");
    await create("restored", "--secret", arn);
    await asAdmin("ALTER ROLE restored PASSWORD NULL");
    const { stdout } = await create("restored", "--secret", arn);
    assert.match(stdout, /has the password that is kept/);
    await logIn(at(), "restored", (await kept(arn)).password);
    assert.equal(await versions(arn), 1);
  });

  it("leaves a rotation alone that is under way", async () => {
    await asAdmin("CREATE ROLE rotated LOGIN PASSWORD 'the-pending-one'");
    const arn = await createSecret("shop/prod/app/rotated");
    const put = (password: string, label: string): Promise<unknown> =>
      client.send(
        new PutSecretValueCommand({
          SecretId: arn,
          SecretString: JSON.stringify({ username: "rotated", password }),
          VersionStages: [label],
        }),
      );
    await put("the-current-one", "AWSCURRENT");
    await put("the-pending-one", "AWSPENDING");
    const { stdout } = await create("rotated", "--secret", arn);
    assert.match(stdout, /rotation that is under way/);
    await logIn(at(), "rotated", "the-pending-one");
  });

  it("gives one password where two are started at once", async () => {
    await asAdmin("CREATE ROLE twice LOGIN");
    const arn = await createSecret("shop/prod/app/twice");
    const runs = await Promise.all([
      create("twice", "--secret", arn, "--json"),
      create("twice", "--secret", arn, "--json"),
    ]);
    const outcomes = runs.map(({ json }) => (json() as { outcome: string }).outcome);
    assert.deepEqual(outcomes.sort(), ["kept", "made"]);
    await logIn(at(), "twice", (await kept(arn)).password);
  });

  for (const [what, statements, said] of [
    ["is not there", [], /There is no role outsider[^]*DatabaseAccess/],
    ["cannot log in", ["CREATE ROLE outsider NOLOGIN"], /outsider cannot log in/],
    ["administers the server", ["CREATE ROLE outsider LOGIN SUPERUSER"], /administers the database/],
    [
      "logs in by IAM tokens",
      ["CREATE ROLE outsider LOGIN", "CREATE ROLE rds_iam", "GRANT rds_iam TO outsider"],
      /logs in by IAM tokens[^]*revoke rds_iam/,
    ],
  ] as const) {
    it(`refuses a role that ${what}, and makes no password`, async () => {
      await asAdmin(...statements);
      const arn = await createSecret(`shop/prod/app/outsider-${what.replaceAll(" ", "_")}`);
      const { exitCode, stderr } = await create("outsider", "--secret", arn);
      await asAdmin("DROP ROLE IF EXISTS outsider, rds_iam");
      assert.equal(exitCode, 3);
      assert.match(stderr, said);
      assert.match(stderr, /\[role_refused\]/);
      assert.equal(await versions(arn), 0);
    });
  }

  it("refuses a secret that is not there, not under a key of its own, or somebody else's", async () => {
    await asAdmin("CREATE ROLE careful LOGIN");
    const arn = await createSecret("shop/prod/app/careful");
    const refusal = async (secret: string): Promise<string> => {
      const { exitCode, stderr } = await create("careful", "--secret", secret);
      assert.equal(exitCode, 3, stderr);
      assert.match(stderr, /\[secret_unusable\]/);
      return stderr;
    };
    assert.match(await refusal(arn.replace("careful", "missing")), /is not there/);
    assert.match(await refusal(await createSecret("shop/prod/app/no-key", "")), /not encrypted under a key of its own/);
    const SecretString = JSON.stringify({ username: "somebody", password: "kept-for-somebody" });
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString }));
    const stderr = await refusal(arn);
    assert.match(stderr, /belongs to somebody/);
    assert.doesNotMatch(stderr, /kept-for-somebody/);
  });

  it("says what is missing or wrong in the command line", async () => {
    for (const [args, said] of [
      [["reporting"], /--secret ARN/],
      [["reporting", "--secret", "shop/prod/app/reporting"], /is not the ARN of a secret/],
    ] as const) {
      const { exitCode, stderr } = await create(...args);
      assert.equal(exitCode, 2);
      assert.match(stderr, said);
    }
  });

  it("lets no password into its output or the server's log", () => {
    const log = readFileSync(join(server.dataDirectory, "..", "log"), "utf8");
    assert.match(log, /ALTER ROLE "reporting" PASSWORD 'SCRAM-SHA-256\$/);
    assert.ok(passwords.size >= 4);
    for (const password of passwords) {
      assert.ok(!printed.join("").includes(password), "a password was printed");
      assert.ok(!log.includes(password), "a password stands in the server's log");
    }
  });
});

describe("holdfast secret create, of an embedded database", function () {
  this.timeout(120_000);
  let root: TestDataRoot;
  let project: TestProject;
  let instance: LocalInstance;
  const create = (...args: string[]): Promise<CliRun> =>
    runCli(["secret", "create", ...args], { cwd: project.root, env: { HOLDFAST_HOME: root.path } });

  before(async () => {
    root = await createDataRoot();
    project = createProject({ "Pulumi.yaml": "name: shop\nruntime: nodejs\n" });
    instance = await ensureLocalInstance({ root: root.path, project: "shop", name: "dev" });
    const admin = await connectLocal(instance);
    await admin.query("CREATE ROLE reporting LOGIN");
    await admin.end();
  });
  after(async () => {
    await root.remove();
    project.remove();
  });

  it("keeps the password in a file of the data root that only its owner reads", async () => {
    const { exitCode, stdout, stderr } = await create("dev", "reporting", "--json");
    assert.equal(exitCode, 0, stderr);
    const { file, outcome } = JSON.parse(stdout) as { file: string; outcome: string };
    assert.equal(outcome, "set");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const password = readFileSync(file, "utf8");
    assert.ok(!stdout.includes(password) && !stderr.includes(password));
    await logIn(instance, "reporting", password);
    assert.match((await create("dev", "reporting")).stdout, /has its password already/);
    assert.equal(readFileSync(file, "utf8"), password);
  });

  it("takes no secret of AWS for it", async () => {
    const { exitCode, stderr } = await create("dev", "reporting", "--secret", "arn:aws:secretsmanager:x:1:secret:y");
    assert.equal(exitCode, 2);
    assert.match(stderr, /is a local database/);
  });

  const rotate = (role: string): Promise<CliRun> =>
    runCli(["secret", "rotate", "dev", role], { cwd: project.root, env: { HOLDFAST_HOME: root.path } });

  it("rotate gives the role another one; the one before lets nobody in", async () => {
    const file = join(instance.directory, "passwords", "reporting");
    const before = readFileSync(file, "utf8");
    const { exitCode, stdout, stderr } = await rotate("reporting");
    assert.equal(exitCode, 0, stderr);
    const after = readFileSync(file, "utf8");
    assert.match(stdout, /reporting has a new password: /);
    assert.ok(!(stdout + stderr).includes(after));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await assert.rejects(logIn(instance, "reporting", before), { code: "28P01" });
    await logIn(instance, "reporting", after);
  });

  it("a rotation of the superuser's that was cut off locks nobody out, before or after the server had it", async () => {
    const { passwordFile, user } = instance;
    for (const hasServerIt of [false, true]) {
      const next = `cut-off-${String(hasServerIt)}`;
      writeFileSync(`${passwordFile}.next`, next, { mode: 0o600 });
      const admin = await connectLocal(instance);
      if (hasServerIt) await admin.query(`ALTER ROLE ${user} PASSWORD '${next}'`);
      await admin.end();
      const { exitCode, stderr } = await rotate(user);
      assert.equal(exitCode, 0, stderr);
      assert.equal(readFileSync(passwordFile, "utf8"), next);
      await (await connectLocal(instance)).end();
    }
  });

  it("rotate leaves a role alone that cannot log in, and one on AWS to AWS", async () => {
    assert.equal((await rotate(instance.ownerRole)).exitCode, 3);
    const elsewhere = await runCli(["secret", "rotate", "reporting", "--url", "postgres://ann@127.0.0.1:1/shop"]);
    assert.equal(elsewhere.exitCode, 2);
    assert.match(elsewhere.stderr, /aws secretsmanager rotate-secret/);
  });
});
