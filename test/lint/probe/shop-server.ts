import type { Client } from "pg";
import { startTestServer, type TestServer } from "../../support/postgres.js";
import { readOldObjects, type OldObjects } from "./old-objects.js";
import { APP_ROLE, REPORTS_ROLE, SHOP_HISTORY, SHOP_ROWS } from "../corpus/shop.js";

const TEMPLATE = "shop_template";
/** Autovacuum would take locks of its own; cheap random pages make the planner use an index even on small tables, as it would on large ones. */
const SETTINGS = {
  autovacuum: "off",
  random_page_cost: "0.01",
  allow_in_place_tablespaces: "on",
  // As our runner's sessions have it.
  TimeZone: "UTC",
};

/** A filled shop of its own, with what stood there before. */
export interface OpenShop {
  readonly session: Client;
  readonly watcher: Client;
  readonly old: OldObjects;
}

/** A server with the filled shop. */
export interface ShopServer {
  /** Runs work on a fresh copy; the copy is gone afterwards. */
  inCopy<T>(onServer: readonly string[], work: (connect: () => Promise<Client>) => Promise<T>): Promise<T>;
  /** Lends a copy to work that leaves nothing behind but a rolled back transaction. */
  inShop<T>(work: (shop: OpenShop) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** @param files what the template holds; without any it is an empty database */
export async function startShopServer(files: readonly string[] = [...SHOP_HISTORY, SHOP_ROWS]): Promise<ShopServer> {
  const server = await startTestServer({ settings: SETTINGS });
  await onAdmin(server, [
    `CREATE ROLE ${APP_ROLE} LOGIN`,
    `CREATE ROLE ${REPORTS_ROLE} LOGIN`,
    "CREATE TABLESPACE shop_disk LOCATION ''",
    `CREATE DATABASE ${TEMPLATE} TEMPLATE template0`,
  ]);
  await fill(server, files);
  const free: OpenShop[] = [];
  const copies = { count: 0 };
  return {
    inCopy: (onServer, work) => inCopy(server, `shop_${++copies.count}`, onServer, work),
    inShop: async (work) => {
      const shop = free.pop() ?? (await openShop(server, `shop_${++copies.count}`));
      try {
        return await work(shop);
      } finally {
        await shop.session.query("ROLLBACK; DEALLOCATE ALL");
        free.push(shop);
      }
    },
    stop: async () => {
      await Promise.all(free.flatMap(({ session, watcher }) => [session.end(), watcher.end()]));
      await server.stop();
    },
  };
}

async function inCopy<T>(
  server: TestServer,
  name: string,
  onServer: readonly string[],
  work: (connect: () => Promise<Client>) => Promise<T>,
): Promise<T> {
  await onAdmin(server, [...onServer, createCopy(name)]);
  const clients: Client[] = [];
  try {
    return await work(async () => {
      const client = await server.client(name);
      clients.push(client);
      return client;
    });
  } finally {
    await onAdmin(server, [`DROP DATABASE ${name} WITH (FORCE)`]);
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}

async function openShop(server: TestServer, name: string): Promise<OpenShop> {
  await onAdmin(server, [createCopy(name)]);
  const [session, watcher] = await Promise.all([server.client(name), server.client(name)]);
  return { session, watcher, old: await readOldObjects(watcher) };
}

function createCopy(name: string): string {
  return `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`;
}

async function onAdmin(server: TestServer, statements: readonly string[]): Promise<void> {
  const admin = await server.client();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}

async function fill(server: TestServer, files: readonly string[]): Promise<void> {
  const client = await server.client(TEMPLATE);
  for (const sql of [...files, "ANALYZE"]) await client.query(sql);
  await client.end();
}
