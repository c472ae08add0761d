import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync } from "node:fs";
import { appendFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { installBinaries } from "../../engine/adapters/local/binaries.js";
import { asServerUser, runAsServerUser, serverUser } from "../../engine/adapters/local/server-user.js";

export interface TestServerOptions {
  /** Flush to disk as in production. Default false: a test server may lose everything when the machine dies. */
  readonly durable?: boolean;
  /** Further lines for postgresql.conf. A server with settings of its own is never shared. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Absolute paths of another version's programs. Default: the embedded ones. */
  readonly programs?: { readonly initdb: string; readonly postgres: string };
}

/** A throw-away PostgreSQL 18 on loopback. The superuser logs in with a password (SCRAM). */
export interface TestServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly dataDirectory: string;
  /** The postmaster's process id. */
  readonly pid: number;
  /** A connected superuser client; the caller ends it. */
  client(database?: string): Promise<Client>;
  createDatabase(options?: TestDatabaseOptions): Promise<TestDatabase>;
  /** Stops at once and removes the files. Not needed for the shared server. */
  stop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Owner of database and schema public: a role without login that is made on first use. Default: the superuser. */
  readonly ownerRole?: string;
}

export interface TestDatabase {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** postgres://… with the password in it. */
  readonly url: string;
  readonly server: TestServer;
  /** A connected superuser client; the caller ends it (drop() ends what was forgotten). */
  client(): Promise<Client>;
  drop(): Promise<void>;
}

/** One folder for all test runs of this user: the binaries are copied once per version. */
export const TEST_BINARIES_ROOT = join(tmpdir(), `holdfast-test-binaries-${process.getuid?.() ?? "user"}`);
const SUPERUSER = "postgres";

let shared: Promise<TestServer> | undefined;

/** The server all tests of this process share, or one of its own where options are given. */
export function startTestServer(options?: TestServerOptions): Promise<TestServer> {
  if (options !== undefined) return launch(options);
  shared ??= launch({});
  return shared;
}

/** A fresh, empty database on the shared server. */
export async function createDatabase(options?: TestDatabaseOptions): Promise<TestDatabase> {
  return (await startTestServer()).createDatabase(options);
}

/** Stops the shared server, if one was started. */
export async function stopSharedServer(): Promise<void> {
  const server = shared;
  shared = undefined;
  await (await server?.catch(() => undefined))?.stop();
}

async function launch(options: TestServerOptions): Promise<TestServer> {
  const embedded = await installBinaries(TEST_BINARIES_ROOT);
  const binaries = options.programs ?? embedded;
  const user = serverUser();
  const directory = await mkdtemp(join(tmpdir(), "holdfast-test-server-"));
  const dataDirectory = join(directory, "data");
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(directory, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) for (const path of [directory, passwordFile]) chownSync(path, user.uid, user.gid);
  await runAsServerUser(user, binaries.initdb, [
    ...["-D", dataDirectory, "-U", SUPERUSER, "--pwfile", passwordFile, "--auth=scram-sha-256", "--no-sync"],
    ...["--encoding=UTF8", "--data-checksums"],
    ...(options.programs === undefined ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : ["--no-locale"]),
  ]);
  const port = await freePort();
  await appendFile(join(dataDirectory, "postgresql.conf"), renderSettings({ ...settingsFor(port, options) }));
  const guard = spawn("/bin/sh", ["-c", GUARD, "guard", binaries.postgres, dataDirectory, directory], {
    ...asServerUser(user),
    stdio: ["pipe", "ignore", "ignore"],
  });
  await waitUntilReady(dataDirectory, guard, join(directory, "log"));
  detach(guard);
  const pid = Number((await readFile(join(dataDirectory, "postmaster.pid"), "utf8")).split("\n")[0]);
  const at = { host: "127.0.0.1", port, user: SUPERUSER, password };
  const server: TestServer = {
    ...at,
    dataDirectory,
    pid,
    client: (database = "postgres") => connect({ ...at, database }),
    createDatabase: (databaseOptions) => createDatabaseOn(server, databaseOptions),
    stop: () => stop(guard),
  };
  return server;
}

/**
 * Holds the server as long as the test process lives: when the pipe closes, for whatever reason (end, failure, SIGKILL),
 * the server is told to quit at once and its files are removed.
 */
const GUARD = `
"$1" -D "$2" </dev/null >"$3/log" 2>&1 &
server=$!
trap '' INT TERM HUP
read -r _
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$3"
`;

function settingsFor(port: number, { durable = false, settings = {} }: TestServerOptions): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    max_prepared_transactions: "20",
    shared_buffers: "64MB",
    wal_level: "logical",
    log_line_prefix: "%m [%p] %d ",
    TimeZone: "Europe/Berlin",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...settings,
  };
}

function renderSettings(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join("");
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** The eighth line of postmaster.pid says `ready` once the server takes connections (PostgreSQL's pidfile.h). */
async function waitUntilReady(dataDirectory: string, guard: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  const pidFile = join(dataDirectory, "postmaster.pid");
  for (;;) {
    const status = existsSync(pidFile) ? (await readFile(pidFile, "utf8").catch(() => "")).split("\n")[7]?.trim() : "";
    if (status === "ready") return;
    if (guard.exitCode !== null || Date.now() > deadline) {
      throw new Error(`The test server did not start:\n${await readFile(log, "utf8").catch(() => "(no log)")}`);
    }
    if (/FATAL/.test(await readFile(log, "utf8").catch(() => ""))) guard.stdin?.end();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A test process must be able to end while the server still runs. */
function detach(guard: ChildProcess): void {
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
}

async function stop(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return;
  guard.ref();
  await new Promise<void>((resolve) => {
    guard.once("exit", () => resolve());
    guard.stdin?.end();
  });
}

async function connect(config: ConstructorParameters<typeof Client>[0]): Promise<Client> {
  const client = new Client(config);
  // A test that kills the server or cuts the session must not die of an unheard event.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

let created = 0;

async function createDatabaseOn(server: TestServer, { ownerRole }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const name = `t${process.pid}_${++created}`;
  await withAdmin(server, async (admin) => {
    if (ownerRole !== undefined) await ensureRole(admin, ownerRole);
    await admin.query(
      `CREATE DATABASE ${name} TEMPLATE template0${ownerRole === undefined ? "" : ` OWNER ${ownerRole}`}`,
    );
  });
  const { host, port, user, password } = server;
  return {
    ...{ name, host, port, user, password, server },
    url: `postgres://${user}:${password}@${host}:${port}/${name}`,
    client: () => server.client(name),
    drop: () =>
      withAdmin(server, async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

async function ensureRole(admin: Client, role: string): Promise<void> {
  const { rowCount } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [role]);
  if (rowCount === 0) await admin.query(`CREATE ROLE ${role} NOLOGIN`);
}

async function withAdmin(server: TestServer, work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = await server.client();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
