import assert from "node:assert/strict";
import { readDatabaseUrl } from "../../cli/database-url.js";
import { redactUrls } from "../../engine/core/redact-urls.js";
import type { HoldfastError } from "../../engine/index.js";

const ENVIRONMENT = { name: "DATABASE_URL", mayHoldPassword: true };
const FLAG = { name: "--url", mayHoldPassword: false };

function refusal(url: string, source = FLAG): HoldfastError {
  try {
    readDatabaseUrl(url, source, {});
  } catch (error) {
    return error as HoldfastError;
  }
  assert.fail(`${url} was accepted`);
}

describe("an address", () => {
  const READ: readonly [string, object][] = [
    ["postgres://ann@db.example/shop", { host: "db.example", port: 5432, database: "shop", user: "ann" }],
    ["postgresql://ann@db:6432/shop", { host: "db", port: 6432, database: "shop", user: "ann" }],
    ["postgres://ann@[::1]:5433/shop", { host: "::1", port: 5433, database: "shop", user: "ann" }],
    ["postgres://a%40b@h/my%2Fdb", { host: "h", port: 5432, database: "my/db", user: "a@b" }],
    ["postgres://ann@%2Fvar%2Frun/shop", { host: "/var/run", port: 5432, database: "shop", user: "ann" }],
    ["postgres://ann@h", { host: "h", port: 5432, database: "ann", user: "ann" }],
    ["postgres://ann@h/d?sslmode=disable", { host: "h", port: 5432, database: "d", user: "ann" }],
    ["postgres://ann@h/d?sslmode=verify-full", { host: "h", port: 5432, database: "d", user: "ann", ssl: true }],
    [
      "postgres://ann@h/d?sslmode=require&connect_timeout=3",
      { host: "h", port: 5432, database: "d", user: "ann", ssl: { rejectUnauthorized: false }, connectTimeoutMs: 3000 },
    ],
  ];
  for (const [url, settings] of READ) {
    it(`${url} is read`, () => assert.deepEqual(readDatabaseUrl(url, FLAG, {}).settings, settings));
  }

  it("takes the user from PGUSER where it names none", () => {
    assert.equal(readDatabaseUrl("postgres://h/d", FLAG, { PGUSER: "bob" }).settings.user, "bob");
  });

  const REFUSED: readonly [string, RegExp][] = [
    ["mysql://ann@h/d", /does not begin with postgres:/],
    ["host=h dbname=d", /does not begin with postgres:/],
    ["postgres://ann@h:port/d", /is no address/],
    ["postgres://h/d", /names no user/],
    ["postgres://ann@h/d?options=-csearch_path%3Dx", /the parameter options, which is not known/],
    ["postgres://ann@h/d?sslmode=prefer", /sslmode=prefer/],
    ["postgres://ann@h/d?sslmode=verify-full&sslrootcert=/nowhere.pem", /nowhere\.pem as sslrootcert/],
    ["postgres://a%zz@h/d", /% that begins no escape/],
  ];
  for (const [url, says] of REFUSED) {
    it(`${url} is refused with a reason`, () => {
      const { message, code } = refusal(url);
      assert.match(message, says);
      assert.equal(code, "invalid_usage");
    });
  }

  it("with a password is refused on a command line, and taken from the environment", () => {
    for (const url of ["postgres://ann:hunter2@h/d", "postgres://ann@h/d?password=hunter2"]) {
      const { message, details } = refusal(url);
      assert.match(message, /password in --url is refused: every user of this machine can read it/);
      assert.match(details.next ?? "", /PGPASSFILE/);
      assert.doesNotMatch(message + (details.next ?? ""), /hunter2/);
      assert.equal(readDatabaseUrl(url, ENVIRONMENT, {}).password, "hunter2");
    }
  });

  it("never appears in the error about it, since it may hold a password", () => {
    for (const url of ["postgre://ann:hunter2@h/d", "postgres://ann:hunter2@h:x/d", "postgres://ann:hunter2@h/d?x=1"]) {
      assert.doesNotMatch(JSON.stringify(refusal(url, ENVIRONMENT)), /hunter2/);
      assert.doesNotMatch(refusal(url, ENVIRONMENT).message, /hunter2/);
    }
  });

  it("loses its password wherever it is quoted", () => {
    assert.equal(redactUrls('no instance "postgres://u:hunter2@h/d"'), 'no instance "postgres://u:***@h/d"');
    assert.equal(redactUrls("x://u:p:q@h and y://:z@h"), "x://u:***@h and y://:***@h");
    assert.equal(
      redactUrls("postgres://h/d?password=hunter2&sslmode=require"),
      "postgres://h/d?password=***&sslmode=require",
    );
    assert.equal(redactUrls("12:30 ann@example.org http://h/p"), "12:30 ann@example.org http://h/p");
  });
});
