import assert from "node:assert/strict";
import { secretFindings } from "../../../engine/core/ci/secrets.js";

/** Made here, and each cut by a ~, so that no file of this repository holds one. */
const letters = (length: number): string => "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0".repeat(3).slice(0, length);
const upper = (length: number): string => "AB2CD3EF4GH5IJ6KL7".slice(0, length);
const KEY = "-----BEGIN PRIVATE~ KEY-----".replace("~", "");

const SECRETS: readonly (readonly [what: string, text: string])[] = [
  ["a private key", `${KEY}\n${letters(64)}\n-----END`],
  ["a private key", `key: "${KEY}\\n${letters(64)}"`],
  ["a private key", `${KEY.replace("PRIVATE", "OPENSSH PRIVATE")}\n${letters(64)}`],
  ["an AWS access key", `aws_access_key_id = AK~IA${upper(16)}`],
  ["an AWS secret key", `AWS_SECRET_ACCESS_KEY=${letters(40)}`],
  ["a database password", `DATABASE_URL=postgres:~//app:h0rse-battery@db.acme.com/app`],
  ["a database password", `url: "postgresql+psycopg:~//app:S3cr3t!@10.1.2.3:5432/app"`],
  ["a GitHub token", `token: gh~p_${letters(36)}`],
  ["a Slack token", `xo~xb-${letters(30)}`],
  ["a Stripe key", `sk~_live_${letters(24)}`],
  ["an npm token", `//registry/:_authToken=np~m_${letters(36)}`],
  ["a Pulumi access token", `PULUMI_ACCESS_TOKEN=pu~l-${"0123456789abcdef".repeat(3).slice(0, 40)}`],
  ["a Vercel Blob token", `BLOB_READ_WRITE_TOKEN=vercel~_blob_rw_${letters(16)}_${letters(30)}`],
];

const HARMLESS: readonly (readonly [what: string, text: string])[] = [
  ["a public key", "-----BEGIN PUBLIC KEY-----\nMIIB"],
  ["a sentence about private keys", `It begins with ${KEY} and base64.`],
  ["the key of AWS's own documents", "AKIAIOSFODNN7EXAMPLE"],
  ["a token of x", `gh~p_${"x".repeat(36)}`],
  ["an address without a password", "postgres://app@db.acme.com/app"],
  ["a password to be filled in", "postgres://app:${DB_PASSWORD}@db.acme.com/app"],
  ["a password by name", "postgres://user:password@db.acme.com/app"],
  ["a database of this machine", "postgres://postgres:horse-battery@localhost:5432/app"],
  ["a database of a container network", "postgres://app:horse-battery@db:5432/app"],
  ["an address for examples", "postgres://app:horse-battery@db.staging.example/app"],
  ["an encrypted setting of Pulumi", "  holdfast:token:\n    secure: v1:Zm9vYmFy:aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ="],
  ["a checksum", `checksum: ${"9f86d081884c7d65".repeat(4)}`],
  ["a variable's name", "STRIPE_KEY=sk_live_"],
];

describe("secrets in tracked files", () => {
  for (const [what, parts] of SECRETS) {
    const text = parts.replaceAll("~", "");
    it(`finds ${what}, and never shows it: ${text.slice(0, 12)}…`, () => {
      const [finding, ...more] = secretFindings({ path: "src/config.ts", text: `first line\n${text}\n` });
      assert.deepEqual(more, []);
      assert.equal(finding?.message, `There is ${what} in a file under version control.`);
      assert.equal(finding.line, 2);
      assert.equal(finding.severity, "error");
      assert.doesNotMatch(JSON.stringify(finding), /aB3dE6|AB2CD3|battery|3t!|0123456789/);
    });
  }

  for (const [what, parts] of HARMLESS) {
    const text = parts.replaceAll("~", "");
    it(`takes ${what} for none`, () => assert.deepEqual(secretFindings({ path: "src/config.ts", text }), []));
  }

  it("warns of one in a test, which is mostly made up", () => {
    const [finding] = secretFindings({ path: "test/login.test.ts", text: ["gh", "p_", letters(36)].join("") });
    assert.equal(finding?.severity, "warning");
  });
});
