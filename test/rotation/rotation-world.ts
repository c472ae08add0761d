import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { ensureBuilt } from "../support/build.js";
import { makeCertificate, type TestCertificate } from "../support/certificate.js";
import { MOTO_ACCOUNT, MOTO_REGION, startMoto, type Moto } from "../support/moto.js";
import { startTestServer, type TestServer } from "../support/postgres.js";

const BUNDLE = join(__dirname, "..", "..", "dist", "rotation", "index.js");

/** A role that logs in by a password, and the secret that holds it. */
export interface TestRole {
  readonly name: string;
  readonly secretId: string;
}

/** Everything a rotation meets: a PostgreSQL with TLS that logs each statement, Secrets Manager over HTTP, the built function. */
export async function startRotationWorld(): Promise<RotationWorld> {
  await ensureBuilt();
  const tls = makeCertificate();
  const moto = await startMoto();
  const settings = { ssl: "on", ssl_cert_file: tls.certificate, ssl_key_file: tls.key, log_statement: "all" };
  const server = await startTestServer({ settings });
  return new RotationWorld(server, moto, tls, await registerFunction(moto));
}

export class RotationWorld {
  private readonly client: SecretsManagerClient;
  /** Every password that was ever seen, to be looked for. */
  readonly passwords = new Set<string>();
  private child: ChildProcess | undefined;
  private printed = "";
  private roles = 0;

  constructor(
    readonly server: TestServer,
    private readonly moto: Moto,
    private readonly tls: TestCertificate,
    private readonly functionArn: string,
  ) {
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    this.client = new SecretsManagerClient({ endpoint: moto.url, region: MOTO_REGION, credentials });
  }

  async createRole(): Promise<TestRole> {
    const [name, password] = [`r${++this.roles}_reporting`, `first-${randomUUID()}`];
    this.passwords.add(password);
    // The test's own statement is no concern of the server's log.
    await this.asAdmin("SET log_statement = 'none'", `CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
    const SecretString = JSON.stringify({ username: name, password });
    const made = await this.client.send(new CreateSecretCommand({ Name: `shop/prod/app/${name}`, SecretString }));
    return { name, secretId: made.ARN ?? "" };
  }

  async asAdmin(...statements: string[]): Promise<void> {
    const admin = await this.server.client();
    for (const statement of statements) await admin.query(statement);
    await admin.end();
  }

  /** As Secrets Manager begins one. @returns the new version, which has the label AWSPENDING and no value */
  async beginRotation({ secretId: SecretId }: TestRole): Promise<string> {
    const ClientRequestToken = randomUUID();
    const RotationRules = { AutomaticallyAfterDays: 30 };
    const RotationLambdaARN = this.functionArn;
    await this.client.send(new RotateSecretCommand({ SecretId, ClientRequestToken, RotationLambdaARN, RotationRules }));
    return ClientRequestToken;
  }

  /** As Secrets Manager calls a step. @throws Error with the failure's text */
  async step({ secretId }: TestRole, name: string, version: string): Promise<void> {
    this.child ??= this.startFunction();
    this.child.send({ Step: name, SecretId: secretId, ClientRequestToken: version });
    const [{ failure }] = (await once(this.child, "message")) as [{ failure?: string }];
    if (failure !== undefined) throw new Error(failure);
  }

  async rotate(role: TestRole, version: string): Promise<void> {
    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
      await this.step(role, name, version);
    }
  }

  /** The function's process dies; the next step starts another, with these variables changed. */
  async kill(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    const killed = this.child;
    if (killed !== undefined) {
      const ended = once(killed, "exit");
      killed.kill("SIGKILL");
      await ended;
    }
    this.child = Object.keys(changes).length === 0 ? undefined : this.startFunction(changes);
  }

  async read({ secretId }: TestRole, version: string): Promise<{ password: string; labels: string[] }> {
    const { SecretString = "{}", VersionStages = [] } = await this.client.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionId: version }),
    );
    const { password = "" } = JSON.parse(SecretString) as { password?: string };
    this.passwords.add(password);
    return { password, labels: [...VersionStages].sort() };
  }

  async current(role: TestRole): Promise<{ version: string; password: string }> {
    const { VersionIdsToStages = {} } = await this.client.send(new DescribeSecretCommand({ SecretId: role.secretId }));
    const found = Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes("AWSCURRENT"));
    const version = found?.[0] ?? "";
    return { version, password: (await this.read(role, version)).password };
  }

  /** A value that somebody else puts there. @returns its version */
  async putPending({ secretId }: TestRole, value: object): Promise<string> {
    const SecretString = JSON.stringify(value);
    const { VersionId = "" } = await this.client.send(
      new PutSecretValueCommand({ SecretId: secretId, SecretString, VersionStages: ["AWSPENDING"] }),
    );
    return VersionId;
  }

  /** As a secret is before its first value: AWS takes the label from no version, moto does. */
  async forgetCurrent(role: TestRole): Promise<void> {
    const { version } = await this.current(role);
    const label = { VersionStage: "AWSCURRENT", RemoveFromVersionId: version };
    await this.client.send(new UpdateSecretVersionStageCommand({ SecretId: role.secretId, ...label }));
  }

  /** A session of the role; the caller ends it. */
  async logIn({ name }: TestRole, password: string): Promise<Client> {
    const session = new Client({
      ...{ host: "127.0.0.1", port: this.server.port, user: name, password, database: "postgres" },
    });
    session.on("error", () => undefined);
    await session.connect();
    return session;
  }

  /** All the function printed. */
  functionLog(): string {
    return this.printed;
  }

  /** Every statement, and why logins failed. */
  serverLog(): string {
    return readFileSync(join(this.server.dataDirectory, "..", "log"), "utf8");
  }

  async stop(): Promise<void> {
    await this.kill();
    this.client.destroy();
    await Promise.all([this.server.stop(), this.moto.stop()]);
    this.tls.remove();
  }

  private startFunction(changes: Readonly<Record<string, string>> = {}): ChildProcess {
    const env = {
      ...this.moto.env,
      AWS_REGION: MOTO_REGION,
      NODE_EXTRA_CA_CERTS: this.tls.certificate,
      DATABASE_HOST: "localhost",
      DATABASE_PORT: String(this.server.port),
      DATABASE_NAME: "postgres",
      ...changes,
    };
    const child = spawn(process.execPath, ["-e", RUNNER, BUNDLE], { env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data: Buffer) => (this.printed += data.toString()));
    }
    return child;
  }
}

/** Loads the function as Lambda does, and calls it with each event that comes. */
const RUNNER = `
const { handler } = require(process.argv[1]);
process.on("message", (event) => handler(event).then(
  () => process.send({}),
  (error) => {
    // Lambda's runtime prints what a function throws.
    console.error(error);
    process.send({ failure: error.message });
  },
));
`;

/** moto begins a rotation only for a function it knows; it is told not to run it. */
async function registerFunction({ url }: Moto): Promise<string> {
  await post({ url: `${url}/moto-api/config`, body: JSON.stringify({ lambda: { use_docker: false } }) });
  const role = "Action=CreateRole&Version=2010-05-08&RoleName=rotation&AssumeRolePolicyDocument={}";
  await post({ url, body: role, service: "iam" });
  const made = await post({
    url: `${url}/2015-03-31/functions`,
    service: "lambda",
    body: JSON.stringify({
      ...{ FunctionName: "rotation", Runtime: "nodejs22.x", Handler: "index.handler" },
      Role: `arn:aws:iam::${MOTO_ACCOUNT}:role/rotation`,
      Code: { ZipFile: EMPTY_ARCHIVE },
    }),
  });
  return (JSON.parse(made) as { FunctionArn: string }).FunctionArn;
}

/** The end record of a ZIP archive without files. */
const EMPTY_ARCHIVE = Buffer.from(`504b0506${"00".repeat(18)}`, "hex").toString("base64");

interface Post {
  readonly url: string;
  readonly body: string;
  readonly service?: string;
}

async function post({ url, body, service = "" }: Post): Promise<string> {
  const scope = `Credential=testing/20260101/${MOTO_REGION}/${service}/aws4_request`;
  const headers = {
    "Content-Type": body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded",
    Authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`,
  };
  const answer = await fetch(url, { method: "POST", headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`moto answered ${answer.status} to ${url}: ${text}`);
  return text;
}
