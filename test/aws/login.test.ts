import assert from "node:assert/strict";
import { createHash, createHmac, X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { awsSettings } from "../../engine/adapters/aws/aws-settings.js";
import { rdsAuthorities } from "../../engine/adapters/aws/rds-authorities.js";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { EXIT_CODES, HoldfastError, type ErrorCode } from "../../engine/core/errors.js";
import { makeCertificate, type TestCertificate } from "../support/certificate.js";
import { refusalOf } from "../support/engine.js";
import { setEnvironment } from "../support/environment.js";
import { startFaultyAws, type AwsTrouble, type FaultyAws } from "../support/faulty-aws.js";
import { MOTO_REGION, startMoto, type Moto } from "../support/moto.js";
import { startTestServer, type TestServer } from "../support/postgres.js";
import { startRdsFront, type RdsFront } from "../support/rds-front.js";

const PASSWORD = "Known-Secret-0815";
const ACCESS_KEY = "AKIAKNOWNKEYKNOWN123";
const SECRET_KEY = "known-secret-access-key";

describe("logging in to a database on AWS", function () {
  this.timeout(120_000);
  let server: TestServer;
  let certificate: TestCertificate;
  let front: RdsFront;
  let moto: Moto;
  let aws: FaultyAws;
  let secrets: SecretsManagerClient;
  let secretArn: string;
  let restore: () => void;

  before(async () => {
    certificate = makeCertificate();
    [server, moto] = await Promise.all([startTestServer({}), startMoto()]);
    aws = await startFaultyAws(moto.url);
    front = await startRdsFront(server, { certificate });
    restore = setEnvironment({
      ...moto.env,
      ...{ AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY },
      ...{ PGSSLROOTCERT: certificate.certificate, HOLDFAST_SIMULATED_CLOUD: "" },
    });
    secrets = new SecretsManagerClient({ region: MOTO_REGION });
    await run(`CREATE ROLE app_owner NOLOGIN; CREATE ROLE master LOGIN PASSWORD '${PASSWORD}' IN ROLE app_owner`);
    const SecretString = JSON.stringify({ username: "master", password: PASSWORD });
    const made = await secrets.send(new CreateSecretCommand({ Name: "rds!db-1", SecretString }));
    secretArn = made.ARN ?? "";
  });
  beforeEach(() => aws.calm());
  after(async () => {
    restore();
    secrets.destroy();
    await front.stop();
    await aws.stop();
    await moto.stop();
    await server.stop();
    certificate.remove();
  });

  const run = async (sql: string): Promise<void> => {
    const client = await server.client();
    await client.query(sql).finally(() => client.end());
  };
  const connection = (changes: Partial<DatabaseConnection> = {}): DatabaseConnection => ({
    ...{
      kind: "rds",
      host: front.host,
      port: front.port,
      database: "postgres",
      user: "master",
      ownerRole: "app_owner",
    },
    ...{
      resourceId: "db-ABC",
      project: "shop",
      instance: "prod",
      region: MOTO_REGION,
      identifier: "shop-prod-database",
    },
    ...{ authentication: "secret", secretArn },
    ...changes,
  });
  const whoAmI = async (at: DatabaseConnection): Promise<string | null | undefined> => {
    const session = await pgSessions(await awsSettings(at)).open("read-only");
    try {
      const [row] = await session.query("SELECT session_user || ' as ' || current_user AS who");
      return row?.["who"];
    } finally {
      await session.close();
    }
  };
  const refused = async (changes: Partial<DatabaseConnection> = {}): Promise<HoldfastError> =>
    refusalOf(whoAmI(connection(changes)));

  it("takes the password from the secret RDS manages, checks the certificate, and works as the owner", async () => {
    assert.equal(await whoAmI(connection()), "master as app_owner");
    assert.deepEqual(aws.asked, ["GetSecretValue"]);
  });

  it("keeps no password: after a rotation the next login has the new one", async () => {
    const settings = await awsSettings(connection());
    const open = async (): Promise<void> => (await pgSessions(settings).open("read-only")).close();
    await open();
    await run("ALTER ROLE master PASSWORD 'rotated'");
    const rotated = (password: string) =>
      new PutSecretValueCommand({
        SecretId: secretArn,
        SecretString: JSON.stringify({ username: "master", password }),
      });
    await secrets.send(rotated("rotated"));
    await open();
    await run(`ALTER ROLE master PASSWORD '${PASSWORD}'`);
    await secrets.send(rotated(PASSWORD));
    await open();
  });

  it("takes the region from the secret's ARN where the connection names none", async () => {
    assert.equal(await whoAmI(connection({ region: undefined })), "master as app_owner");
  });

  it("signs a token of 15 minutes for the endpoint, the port and the user, and asks AWS nothing", async () => {
    const access = join(server.dataDirectory, "pg_hba.conf");
    await writeFile(access, `host all tokens 127.0.0.1/32 trust\n${await readFile(access, "utf8")}`);
    await run("CREATE ROLE tokens LOGIN IN ROLE app_owner; SELECT pg_reload_conf()");
    const guard = await startRdsFront(server, { certificate, letsIn: (token, user) => isSigned(token, user) });
    const at = connection({ port: guard.port, user: "tokens", authentication: "iam" });
    const isSigned = (token: string, user: string): boolean =>
      signatureOf(token) === expectedSignature(token, `localhost:${guard.port}`, user);
    try {
      assert.equal(await whoAmI(at), "tokens as app_owner");
      assert.match(guard.tokens[0]!, /X-Amz-Expires=900(&|$)/);
      assert.deepEqual(aws.asked, []);
      const again = setEnvironment({ AWS_SECRET_ACCESS_KEY: "another" });
      const error = await refusalOf(whoAmI(at)).finally(again);
      assert.equal(error.code, "authentication_failed");
      assert.match(error.details.next!, /rds_iam[^]*rds-db:connect/);
    } finally {
      await guard.stop();
    }
  });

  it("checks by the region's own authorities of RDS, which it carries, or those of PGSSLROOTCERT", async () => {
    const roots = (await rdsAuthorities("eu-central-1", {})).match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g)!;
    const names = roots.map((text) => /CN=([^\n]*)/.exec(new X509Certificate(text).subject)?.[1]).sort();
    assert.deepEqual(
      names,
      ["ECC384", "RSA2048", "RSA4096"].map((kind) => `Amazon RDS eu-central-1 Root CA ${kind} G1`),
    );
    for (const text of roots) {
      const root = new X509Certificate(text);
      assert.ok(root.ca && root.verify(root.publicKey) && new Date(root.validTo).getTime() > Date.now() + YEAR_MS);
    }
    assert.match(await rdsAuthorities("nowhere-9", { PGSSLROOTCERT: certificate.certificate }), /BEGIN CERTIFICATE/);
    const unknown = await refusalOf(rdsAuthorities("nowhere-9", {}));
    assert.match(unknown.details.next!, /truststore\.pki\.rds\.amazonaws\.com\/nowhere-9/);
    assert.equal(
      (await refusalOf(rdsAuthorities("eu-central-1", { PGSSLROOTCERT: "gone.pem" }))).code,
      "invalid_config",
    );
  });

  it("speaks to nobody whose certificate is not one of these, whose name is another, or who has none", async () => {
    const stranger = makeCertificate();
    const other = await startRdsFront(server, { certificate: stranger });
    try {
      const untrusted = await refused({ port: other.port });
      assert.match(untrusted.message, /not one of an authority that is trusted/);
      assert.match(untrusted.details.next!, /PGSSLROOTCERT/);
    } finally {
      await other.stop();
      stranger.remove();
    }
    const plain = await refused({ port: server.port });
    assert.match(plain.message, /does not speak TLS/);
    assert.deepEqual(aws.asked, [], "no password is fetched for them");
  });

  it("says that the database lies in private subnets where it cannot be reached", async () => {
    for (const host of ["localhost", "db.invalid"]) {
      const error = await refused({ host, port: 1 });
      assert.equal(error.code, "connection_failed");
      assert.match(error.details.next!, /private subnets[^]*inside its network/);
    }
  });

  const REFUSALS: readonly (readonly [title: string, troubles: AwsTrouble, code: ErrorCode, says: RegExp])[] = [
    [
      "an access AWS denies",
      { code: "AccessDeniedException", status: 400, message: "User: arn:aws:sts::1:x is not authorized" },
      "aws_access_denied",
      /does not allow secretsmanager:GetSecretValue[^]*User: arn[^]*Allow/,
    ],
    [
      "credentials that have expired",
      { code: "ExpiredTokenException", status: 400 },
      "aws_credentials_expired",
      /expired[^]*aws sso login/,
    ],
    [
      "credentials AWS does not know",
      { code: "UnrecognizedClientException", status: 400 },
      "aws_credentials_expired",
      /does not know them/,
    ],
    [
      "a secret that is not there",
      { code: "ResourceNotFoundException", status: 400 },
      "secret_unusable",
      /is not there[^]*describe-secret/,
    ],
    [
      "a fault nobody foresaw",
      { code: "SomethingNew", status: 400, message: `about ${ACCESS_KEY}` },
      "aws_unavailable",
      /SomethingNew/,
    ],
  ];
  for (const [title, trouble, code, says] of REFUSALS) {
    it(`says what to do about ${title}`, async () => {
      aws.trouble("GetSecretValue", trouble);
      const error = await refused();
      assert.equal(error.code, code);
      assert.match(textOf(error), says);
      assert.equal(aws.asked.length, 1, "a refusal is not asked again");
    });
  }

  const PASSING: readonly (readonly [title: string, trouble: AwsTrouble, says: RegExp])[] = [
    ["throttles", { code: "ThrottlingException", status: 400 }, /too many requests/],
    ["has a fault of its own", { code: "InternalServiceError", status: 500 }, /faults of its own/],
    ["cuts the connection", { cut: "before" }, /cannot be reached/],
  ];
  for (const [title, trouble, says] of PASSING) {
    it(`asks again where AWS ${title}, and says so where that does not end`, async () => {
      aws.trouble("GetSecretValue", trouble);
      assert.equal(await whoAmI(connection()), "master as app_owner");
      aws.trouble("GetSecretValue", ...Array.from({ length: 5 }, () => trouble));
      const error = await refused();
      assert.equal(error.code, "aws_unavailable");
      assert.match(textOf(error), says);
    });
  }

  it("does not take AWS's time for the server's silence", async () => {
    const settings = await awsSettings(connection());
    const connectTimeoutMs = 500;
    const password = async (): Promise<string> => {
      await setTimeout(2 * connectTimeoutMs);
      return PASSWORD;
    };
    const session = await pgSessions({ ...settings, connectTimeoutMs, password }).open("read-only");
    await session.close();
  });

  it("says what to do where there are no credentials, no region, no way to AWS", async () => {
    const none = setEnvironment({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" });
    const guard = await startRdsFront(server, { certificate, letsIn: () => false });
    try {
      for (const changes of [{}, { authentication: "iam", port: guard.port }]) {
        const error = await refused(changes);
        assert.equal(error.code, "aws_credentials_missing", textOf(error));
      }
    } finally {
      none();
      await guard.stop();
    }
    const nameless = connection({ authentication: "iam", secretArn: undefined, region: undefined });
    assert.equal((await refusalOf(awsSettings(nameless))).code, "aws_region_missing");
    const nowhere = setEnvironment({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
    const error = await refused().finally(nowhere);
    assert.match(textOf(error), /secretsmanager endpoint of eu-central-1 cannot be reached/);
    assert.equal((await refusalOf(awsSettings(connection({ authentication: "file" })))).code, "invalid_config");
  });

  it("does not use a secret that waits to be deleted, is another's, or is in another form", async () => {
    const make = async (name: string, SecretString: string): Promise<string> =>
      (await secrets.send(new CreateSecretCommand({ Name: name, SecretString }))).ARN ?? "";
    const foreign = await refused({
      secretArn: await make("foreign", JSON.stringify({ username: "other", password: PASSWORD })),
    });
    assert.match(foreign.message, /belongs to the user other, and the connection names master/);
    for (const text of [PASSWORD, JSON.stringify(PASSWORD), JSON.stringify({ username: "master" }), "{"]) {
      const error = await refused({ secretArn: await make(`form-${text.length}`, text) });
      assert.equal(error.code, "secret_unusable");
      assert.match(error.message, /not in the form RDS writes/);
    }
    const deleted = await make("deleted", JSON.stringify({ username: "master", password: PASSWORD }));
    await secrets.send(new DeleteSecretCommand({ SecretId: deleted }));
    assert.match(textOf(await refused({ secretArn: deleted })), /waiting to be deleted[^]*restore-secret/);
  });
});

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Everything an error can show, checked for what must never be in it. */
function textOf(error: HoldfastError): string {
  const { code, message, details, cause } = error;
  const text = [message, details.hint, details.next, JSON.stringify(details), String(cause)].join("\n");
  for (const secret of [PASSWORD, SECRET_KEY, ACCESS_KEY]) assert.ok(!text.includes(secret), `${code} holds a secret`);
  assert.ok(details.next !== undefined && error.exitCode === EXIT_CODES[code]);
  return text;
}

/** AWS Signature Version 4 of a presigned URL, by AWS's description of it and without its SDK. */
function expectedSignature(token: string, endpoint: string, user: string): string {
  const url = new URL(`https://${token}`);
  const given = (name: string): string => url.searchParams.get(name) ?? "";
  const [key, day = "", region = "", service = ""] = given("X-Amz-Credential").split("/");
  if (url.host !== endpoint || given("DBUser") !== user || given("Action") !== "connect" || key !== ACCESS_KEY)
    return "";
  const query = [...url.searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join("&");
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const request = ["GET", "/", query, `host:${endpoint}\n`, "host", hash("")].join("\n");
  const scope = [day, region, service, "aws4_request"];
  const toSign = ["AWS4-HMAC-SHA256", given("X-Amz-Date"), scope.join("/"), hash(request)].join("\n");
  const hmac = (by: string | Buffer, text: string): Buffer => createHmac("sha256", by).update(text).digest();
  const signingKey = scope.reduce<string | Buffer>((by, part) => hmac(by, part), `AWS4${SECRET_KEY}`);
  return hmac(signingKey, toSign).toString("hex");
}

function signatureOf(token: string): string | null {
  return new URL(`https://${token}`).searchParams.get("X-Amz-Signature");
}
