import assert from "node:assert/strict";
import { schemaMigrationsFaults } from "../../components/check-schema-migrations.js";
import { describeFault } from "../../components/fault.js";
import type { DatabaseConnection, SchemaMigrationsArgs } from "../../components/index.js";

const CONNECTION = { kind: "embedded" } as DatabaseConnection;
const CHECKSUM = "0".repeat(64);
const APPROVAL = { version: "0022", checksum: CHECKSUM, by: "ada" };

/** What a program in another language, or in JavaScript, can give. */
type Given = { [K in keyof SchemaMigrationsArgs]?: unknown };

const told = (given: Given): string =>
  schemaMigrationsFaults({ connection: CONNECTION, release: "1.0.0", ...given } as SchemaMigrationsArgs)
    .map(describeFault)
    .join("\n");

describe("SchemaMigrations refuses arguments that cannot work, in the preview, with the way", () => {
  const cases: readonly (readonly [Given, RegExp])[] = [
    [{ connection: undefined }, /connection is not set; allowed: a DatabaseConnection.*connections\.migrator/],
    [{ release: undefined }, /release is not set; allowed: a semantic version/],
    [{ release: "v1" }, /release is "v1"; allowed: a semantic version, such as "1\.4\.0"/],
    [{ directory: "/srv/migrations" }, /directory is "\/srv\/migrations"; allowed: a path relative/],
    [{ directory: "" }, /directory is ""/],
    [{ environment: "" }, /environment is ""; allowed: a name.*leave it out/],
    [{ schema: "my schema" }, /schema is "my schema"; allowed: letters, digits/],
    [{ soakSeconds: -5 }, /soakSeconds is -5; allowed: a whole number of seconds, 0 or more/],
    [{ copyLimitBytes: 1.5 }, /copyLimitBytes is 1\.5; allowed: a whole number of bytes/],
    [{ approvals: [{ ...APPROVAL, version: 22 }] }, /approvals\[0\]\.version is 22; allowed: text.*quotes/],
    [{ approvals: [{ ...APPROVAL, checksum: "abc" }] }, /approvals\[0\]\.checksum is "abc"; allowed: a SHA-256/],
    [{ approvals: [{ ...APPROVAL, by: "" }] }, /approvals\[0\]\.by is ""/],
    [{ approvals: [APPROVAL, { ...APPROVAL, expires: "soon" }] }, /approvals\[1\]\.expires is "soon"; allowed: an ISO/],
    [{ execution: "lambda" }, /execution is "lambda"; allowed: "direct" or "codebuild"/],
  ];
  for (const [given, said] of cases) it(said.source, () => assert.match(told(given), said));

  it("and never repeats an address in place of the connection, which may hold a password", () => {
    const said = told({ connection: "postgres://app:hunter2@db.example/app" });
    assert.match(said, /connection is "a string"; allowed: a DatabaseConnection.*migrate --url/);
    assert.doesNotMatch(said, /hunter2/);
  });

  it("and accepts what the examples give", () => {
    assert.equal(told({ directory: "migrations", schema: "public", approvals: [APPROVAL], soakSeconds: 0 }), "");
  });
});
