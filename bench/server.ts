import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "pg";
import { startTestServer, type TestServer } from "../test/support/postgres.js";
import { SLOW_MS, type Wire } from "./wire.js";

/** A durable embedded server for one bench run, and databases on it. */
export interface BenchServer {
  /** The address of a database, without TLS. */
  url(database: string, wire?: Wire): string;
  /** Drops it if it is there, and makes it anew; as a copy of `template` where that is given. */
  recreate(database: string, template?: string): Promise<void>;
  /** A connected client as superuser; the caller ends it. */
  client(database: string): Promise<Client>;
  /** Changes a setting of the server; without a value back to what it was. */
  set(name: string, value?: string): Promise<void>;
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

export async function startBenchServer(): Promise<BenchServer> {
  const server: TestServer = await startTestServer({ durable: true, settings: SETTINGS });
  const proxy = await startProxy(server.host, server.port, SLOW_MS);
  const url = (database: string, wire: Wire = "loopback"): string =>
    `postgres://${server.user}:${server.password}@${server.host}:${wire === "slow" ? proxy.port : server.port}/${database}?sslmode=disable`;
  const client = async (database: string): Promise<Client> => {
    const connected = new Client({ connectionString: url(database) });
    await connected.connect();
    return connected;
  };
  return {
    url,
    client,
    recreate: async (database, template) => {
      const admin = await client("postgres");
      await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await admin.query(
        `CREATE DATABASE ${database}${template === undefined ? "" : ` TEMPLATE ${template} STRATEGY file_copy`}`,
      );
      await admin.end();
    },
    set: async (name, value) => {
      const admin = await client("postgres");
      await admin.query(value === undefined ? `ALTER SYSTEM RESET ${name}` : `ALTER SYSTEM SET ${name} = '${value}'`);
      await admin.query("SELECT pg_reload_conf()");
      await admin.end();
    },
    stop: async () => {
      proxy.stop();
      await server.stop();
    },
  };
}
