import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { Client } from "pg";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import {
  clusterOf,
  ensureLocalInstance,
  startLocalInstance,
  startWithCertificate,
  stopLocalInstance,
} from "../../engine/adapters/local/instances.js";
import { readPostmaster } from "../../engine/adapters/local/postmaster.js";
import { createSelfSignedCertificate } from "../../engine/adapters/local/self-signed-certificate.js";
import { startServer } from "../../engine/adapters/local/server-process.js";
import { CERTIFICATE_FILE, CERTIFICATE_KEY_FILE } from "../../engine/core/certificate-login.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";

interface Login {
  readonly cert: string;
  readonly key: string;
}

describe("the certificate of a local database", () => {
  let dataRoot: TestDataRoot;
  const ensure = (name: string): Promise<LocalInstance> =>
    ensureLocalInstance({ project: "shop", name, root: dataRoot.path });
  const fileOf = ({ directory }: LocalInstance, file: string): string => readFileSync(join(directory, file), "utf8");
  const loginOf = (instance: LocalInstance): Login => ({
    cert: fileOf(instance, CERTIFICATE_FILE),
    key: fileOf(instance, CERTIFICATE_KEY_FILE),
  });

  before(async () => {
    dataRoot = await createDataRoot();
  });
  after(() => dataRoot.remove());

  it("lets the superuser in without a password, and shows that the server is the right one", async () => {
    const dev = await ensure("dev");
    assert.deepEqual(await logIn(dev, loginOf(dev)), { user: "postgres", ssl: true });
  });

  it("lets in nobody with another one, nor another user with it", async () => {
    const dev = await ensure("dev");
    const own = createSelfSignedCertificate({ commonName: "postgres", address: "127.0.0.1" });
    await assert.rejects(logIn(dev, { cert: own.certificate, key: own.key }), /unknown ca|certificate/i);
    await assert.rejects(logIn(dev, loginOf(await ensure("other"))), /unknown ca|certificate|decrypt/i);
    await assert.rejects(logIn(dev, loginOf(dev), "app_owner"), /password/);
  });

  it("is readable by its owner only, and has no end", async () => {
    const dev = await ensure("dev");
    for (const file of [CERTIFICATE_KEY_FILE, CERTIFICATE_FILE]) {
      assert.equal(statSync(join(dev.directory, file)).mode & 0o777, 0o600, file);
    }
    const certificate = new X509Certificate(loginOf(dev).cert);
    assert.equal(certificate.validTo, "Dec 31 23:59:59 9999 GMT");
    assert.ok(certificate.verify(certificate.publicKey));
    assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
  });

  it("stays the same over a restart, and is made again where it was removed", async () => {
    const dev = await ensure("dev");
    const first = loginOf(dev);
    await restart(dev);
    assert.deepEqual(loginOf(dev), first);
    rmSync(join(dev.directory, "login"), { recursive: true });
    await restart(dev);
    assert.notDeepEqual(loginOf(dev), first);
    assert.deepEqual(await logIn(dev, loginOf(dev)), { user: "postgres", ssl: true });
  });

  it("comes to a database from before there were certificates, also while its server runs", async () => {
    const old = await ensure("old");
    await stopLocalInstance(old);
    rmSync(join(old.directory, "login"), { recursive: true });
    await startServer(await clusterOf(old), old);
    await startWithCertificate(old);
    assert.deepEqual(await logIn(old, loginOf(old)), { user: "postgres", ssl: true });
    const { pid } = (await readPostmaster(old.dataDirectory))!;
    await startWithCertificate(old);
    assert.equal((await readPostmaster(old.dataDirectory))?.pid, pid, "a server that takes it goes on running");
  });
});

async function restart(instance: LocalInstance): Promise<void> {
  await stopLocalInstance(instance);
  await startLocalInstance(instance);
}

async function logIn({ host, port, database }: LocalInstance, { cert, key }: Login, user = "postgres") {
  const ca = cert;
  const ssl = {
    ca,
    cert,
    key,
    checkServerIdentity: (_: string, seen: PeerCertificate) => checkServerIdentity(host, seen),
  };
  const client = new Client({ host, port, database, user, ssl });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ user: string; ssl: boolean }>(
      "SELECT current_user AS user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    return rows[0];
  } finally {
    await client.end();
  }
}
