import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { applyDatabaseAccess, type AppliedAccess } from "../../engine/bind-access.js";
import { accessRequestOf, type AccessWish } from "../../engine/core/access/access-wish.js";
import type { TestServer } from "./postgres.js";

/** A database of its own server, as RDS gives one: the admin owns it, may make roles, and is no superuser. */
export interface AdminDatabase {
  readonly name: string;
  readonly admin: { readonly user: string; readonly password: string };
  apply(wish?: AccessWish): Promise<AppliedAccess>;
  /** Gives the role a password and logs in as it. The caller ends it. */
  login(role: string): Promise<Client>;
  superuser(): Promise<Client>;
}

let made = 0;

export async function createAdminDatabase(server: TestServer): Promise<AdminDatabase> {
  const name = `access_${++made}`;
  const admin = { user: `master_${made}`, password: randomBytes(12).toString("hex") };
  const root = await server.client();
  try {
    await root.query(`CREATE ROLE ${admin.user} LOGIN CREATEROLE CREATEDB PASSWORD '${admin.password}'`);
    // What rds_superuser has of it (AWS documentation, "Understanding the rds_superuser role").
    await root.query(`GRANT pg_monitor TO ${admin.user} WITH ADMIN OPTION`);
    await root.query(`CREATE DATABASE ${name} OWNER ${admin.user}`);
  } finally {
    await root.end();
  }
  const { host, port } = server;
  const connection = { host, port, database: name, ...admin };
  return {
    name,
    admin,
    apply: (wish = {}) => applyDatabaseAccess(accessRequestOf(wish, "none"), { connection }),
    login: (role) => loginTo(server, name, role),
    superuser: () => server.client(name),
  };
}

/** Logs in as a role, whose password is set to one of this moment. */
export async function loginTo(server: TestServer, database: string, role: string): Promise<Client> {
  const password = randomBytes(12).toString("hex");
  const root = await server.client();
  try {
    await root.query(`ALTER ROLE "${role}" PASSWORD '${password}'`);
  } finally {
    await root.end();
  }
  const client = new Client({ host: server.host, port: server.port, database, user: role, password });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
