import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "pg";
import { startTestServer, type TestServer } from "../test/support/postgres.js";

/** A durable embedded server for one bench run, and databases on it. */
export interface BenchServer {
  /** The address of a database, through the proxy when `viaProxy`. */
  url(database: string, viaProxy?: boolean): string;
  /** Drops it if it is there, and makes it anew. */
  recreate(database: string): Promise<void>;
  /** A connected client as superuser; the caller ends it. */
  client(database: string): Promise<Client>;
  stop(): Promise<void>;
}

async function startProxy(host: string, port: number, delayMs: number): Promise<{ port: number; stop(): void }> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "delay-proxy.ts"), host, String(port), String(delayMs)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(line.toString().trim()), stop: () => void child.kill() };
}

/** Commits are flushed as in production; memory and WAL are those of a small server, not of a test. */
const SETTINGS = {
  shared_buffers: "1GB",
  max_wal_size: "8GB",
  wal_level: "replica",
};

/** @param delayMs what the proxy adds to a round trip */
export async function startBenchServer(delayMs: number): Promise<BenchServer> {
  const server: TestServer = await startTestServer({ durable: true, settings: SETTINGS });
  const proxy = await startProxy(server.host, server.port, delayMs);
  const url = (database: string, viaProxy = false): string =>
    `postgres://${server.user}:${encodeURIComponent(server.password)}@${server.host}:${viaProxy ? proxy.port : server.port}/${database}`;
  const client = async (database: string): Promise<Client> => {
    const connected = new Client({ connectionString: url(database) });
    await connected.connect();
    return connected;
  };
  return {
    url,
    client,
    recreate: async (database) => {
      const admin = await client("postgres");
      await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${database}`);
      await admin.end();
    },
    stop: async () => {
      proxy.stop();
      await server.stop();
    },
  };
}
