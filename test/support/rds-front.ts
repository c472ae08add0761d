import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { TestCertificate } from "./certificate.js";

/** What stands for an instance's endpoint: it speaks TLS and hands on what it hears to a PostgreSQL of this machine. */
export interface RdsFront {
  /** `localhost`, to which the certificate is bound. */
  readonly host: string;
  readonly port: number;
  /** Tokens that were shown, where it asks for them. */
  readonly tokens: readonly string[];
  stop(): Promise<void>;
}

type LetsIn = (token: string, user: string) => boolean;

export interface RdsFrontOptions {
  readonly certificate: TestCertificate;
  /** Asks for a login token in plain text as RDS does, and lets in whoever this allows; the server behind trusts that user. */
  readonly letsIn?: LetsIn;
  /** Which database behind it is meant, where several endpoints share this one: by the name that the client asked for. */
  readonly databaseOf?: (serverName: string | undefined) => Promise<string>;
}

/** @param target the PostgreSQL behind it, which the front alone speaks to without TLS */
export async function startRdsFront(
  target: { readonly host: string; readonly port: number },
  { certificate, letsIn, databaseOf }: RdsFrontOptions,
): Promise<RdsFront> {
  const [key, cert] = [readFileSync(certificate.key), readFileSync(certificate.certificate)];
  const sockets = new Set<Socket>();
  const tokens: string[] = [];
  const asksForToken = async (client: TLSSocket, startup: Buffer, letsIn: LetsIn): Promise<boolean> => {
    client.write(message("R", CLEARTEXT));
    const token = (await readMessage(client, 1)).subarray(5, -1).toString();
    tokens.push(token);
    if (letsIn(token, userOf(startup))) return true;
    client.end(message("E", refusal(userOf(startup))));
    return false;
  };
  const serve = async (raw: Socket): Promise<void> => {
    await read(raw, SSL_REQUEST_BYTES);
    raw.write("S");
    const client = new TLSSocket(raw, { isServer: true, key, cert });
    client.on("error", () => raw.destroy());
    const opening: Buffer[] = [];
    if (letsIn !== undefined || databaseOf !== undefined) {
      const asked = await readMessage(client, 0);
      // Known since the handshake; a client that gave an address has none.
      const serverName = (client as { readonly servername?: string | false }).servername || undefined;
      const startup = databaseOf === undefined ? asked : withDatabase(asked, await databaseOf(serverName));
      opening.push(startup);
      if (letsIn !== undefined && !(await asksForToken(client, startup, letsIn))) return;
    }
    const server = connect(target.port, target.host);
    sockets.add(server);
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => server.destroy());
    for (const bytes of opening) server.write(bytes);
    client.pipe(server).pipe(client);
  };
  const front = createServer((raw) => {
    sockets.add(raw);
    raw.on("error", () => undefined);
    serve(raw).catch(() => raw.destroy());
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  return {
    ...{ host: "localhost", port: (front.address() as AddressInfo).port, tokens },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      front.close();
      await once(front, "close");
    },
  };
}

const SSL_REQUEST_BYTES = 8;
/** AuthenticationCleartextPassword (PostgreSQL manual, "Message Formats"). */
const CLEARTEXT = Buffer.from([0, 0, 0, 3]);

async function read(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(count) as Buffer | null;
    if (bytes !== null) return bytes;
    await once(socket, "readable");
  }
}

/** @param typeBytes 0 for the first message of a client, which has no type, else 1 */
async function readMessage(socket: Socket, typeBytes: number): Promise<Buffer> {
  const head = await read(socket, typeBytes + 4);
  return Buffer.concat([head, await read(socket, head.readInt32BE(typeBytes) - 4)]);
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function userOf(startup: Buffer): string {
  const words = startup.subarray(8).toString().split("\0");
  return words[words.indexOf("user") + 1] ?? "";
}

/** The startup message, for another database than the client asked for. */
function withDatabase(startup: Buffer, name: string): Buffer {
  const words = startup.subarray(8).toString().split("\0");
  words[words.indexOf("database") + 1] = name;
  const body = Buffer.concat([startup.subarray(4, 8), Buffer.from(words.join("\0"))]);
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length + 4);
  return Buffer.concat([head, body]);
}

function refusal(user: string): Buffer {
  return Buffer.from(`SFATAL\0VFATAL\0C28000\0MPAM authentication failed for user "${user}"\0\0`);
}
