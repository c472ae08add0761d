import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { Client } from "pg";
import { scramVerifier } from "../../engine/core/scram-verifier.js";
import { startTestServer } from "../support/postgres.js";

describe("the SCRAM verifier", () => {
  it("has the server key of the exchange in RFC 7677 section 3", () => {
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
    const verifier = scramVerifier({ password: "pencil", salt });
    const serverKey = Buffer.from(verifier.split(":")[2] ?? "", "base64");
    const exchange = [
      "n=user,r=rOprNGfwEbeRWgbNEkqO",
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    ].join(",");
    const signature = createHmac("sha256", serverKey).update(exchange).digest("base64");
    assert.equal(signature, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  });

  it("lets the password in, in the place of which the server was given it, and no other", async () => {
    const server = await startTestServer();
    const admin = await server.client();
    const password = ` 'quoted' "twice" \\ $1 % ~`;
    await admin.query(
      `CREATE ROLE verified LOGIN PASSWORD '${scramVerifier({ password, salt: randomBytes(16), iterations: 5000 })}'`,
    );
    const logIn = async (tried: string): Promise<void> => {
      const { host, port } = server;
      const client = new Client({ host, port, user: "verified", password: tried, database: "postgres" });
      client.on("error", () => undefined);
      await client.connect();
      await client.end();
    };
    try {
      await logIn(password);
      await assert.rejects(logIn(password.trim()), { code: "28P01" });
    } finally {
      await admin.query("DROP ROLE verified");
      await admin.end();
    }
  });

  it("is not made of a password that would have to be prepared first", () => {
    for (const password of ["", "pässword", "tab\there", "\u00a0"]) {
      assert.throws(() => scramVerifier({ password, salt: randomBytes(16) }), RangeError);
    }
  });
});
