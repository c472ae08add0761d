import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CloudResource, TestCloud } from "./cloud.js";

/** The AWS API of a simulated cloud, for what a deploy asks of AWS besides Pulumi: a secret's value, snapshots. */
export interface CloudApi {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Answers in the forms of Secrets Manager (JSON 1.1) and RDS (query). */
export async function startCloudApi(cloudOf: () => TestCloud): Promise<CloudApi> {
  const server = createServer((request, response) => {
    answer(request, response, cloudOf()).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, cloud: TestCloud): Promise<void> {
  const body = await textOf(request);
  const target = request.headers["x-amz-target"];
  if (target === "secretsmanager.GetSecretValue") {
    const { SecretId } = JSON.parse(body) as { SecretId: string };
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(secretOf(SecretId, cloud)));
    return;
  }
  const asked = new URLSearchParams(body);
  const action = asked.get("Action") ?? String(target);
  const result = snapshotCall(action, asked, cloud);
  if (result === undefined) {
    response.writeHead(404, { "content-type": "text/xml" });
    response.end(
      "<ErrorResponse><Error><Code>DBSnapshotNotFound</Code><Message>not there</Message></Error></ErrorResponse>",
    );
    return;
  }
  response.writeHead(200, { "content-type": "text/xml" });
  response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
}

function secretOf(arn: string, cloud: TestCloud): Record<string, string> {
  const held = cloud.resources("rds-managed-secret").find(({ id }) => id === arn);
  if (held === undefined) throw new Error(`no secret ${arn}`);
  return { ARN: arn, Name: String(held.attributes["name"]), SecretString: String(held.hidden["value"]) };
}

/** Undefined where the snapshot asked for is not there. @throws Error for an action that no deploy needs */
function snapshotCall(action: string, asked: URLSearchParams, cloud: TestCloud): string | undefined {
  const id = asked.get("DBSnapshotIdentifier");
  const source = asked.get("DBInstanceIdentifier");
  if (action === "CreateDBSnapshot" && id !== null && source !== null) {
    cloud.snapshot(source, id, tagsOf(asked));
    return render(cloud.snapshots().find((one) => one.id === id)!);
  }
  if (action === "DeleteDBSnapshot" && id !== null) {
    const gone = cloud.snapshots().find((one) => one.id === id);
    if (gone === undefined) return undefined;
    cloud.vanish(gone.type, id);
    return render(gone);
  }
  if (action !== "DescribeDBSnapshots") throw new Error(`the simulated cloud does not answer ${action}`);
  const found = cloud
    .snapshots()
    .filter(
      (one) =>
        one.id === (id ?? one.id) &&
        one.attributes["sourceIdentifier"] === (source ?? one.attributes["sourceIdentifier"]),
    );
  return id !== null && found.length === 0 ? undefined : `<DBSnapshots>${found.map(render).join("")}</DBSnapshots>`;
}

function tagsOf(asked: URLSearchParams): Record<string, string> {
  const keys = [...asked.keys()].filter((key) => /^Tags\..*\.Key$/.test(key));
  return Object.fromEntries(keys.map((key) => [asked.get(key) ?? "", asked.get(key.replace(/Key$/, "Value")) ?? ""]));
}

function render({ id, attributes }: CloudResource): string {
  const { arn, takenAt, sourceResourceId, engineVersionActual, allocatedStorage, storageEncrypted, tagsAll } =
    attributes;
  const tags = Object.entries(tagsAll as Record<string, string>);
  const fields = {
    ...{ DBSnapshotIdentifier: id, DBSnapshotArn: arn, SnapshotType: "manual", Status: "available" },
    ...{ PercentProgress: 100, SnapshotCreateTime: takenAt, DbiResourceId: sourceResourceId },
    ...{ EngineVersion: engineVersionActual, AllocatedStorage: allocatedStorage, Encrypted: storageEncrypted },
  };
  const list = tags.map(([key, value]) => `<Tag><Key>${escape(key)}</Key><Value>${escape(value)}</Value></Tag>`);
  const texts = Object.entries(fields).map(([name, value]) => `<${name}>${escape(String(value))}</${name}>`);
  return `<DBSnapshot>${texts.join("")}<TagList>${list.join("")}</TagList></DBSnapshot>`;
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
