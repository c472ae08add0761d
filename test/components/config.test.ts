import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { CONFIG_KEYS, keysAt, readConfig } from "../../config.js";
import type { HoldfastError } from "../../engine/core/errors.js";

const FALLBACK = { environment: "dev", release: "1.4.0" };
const CHECKSUM = "a".repeat(64);

describe("a stack's settings", () => {
  it("may all be left out", () => {
    assert.deepEqual(readConfig({}, FALLBACK), {
      ...FALLBACK,
      engine: "embedded",
      network: {},
      database: {},
      protection: "full",
      breakGlass: [],
      backups: {},
      alarms: {},
      directory: "migrations",
      format: "holdfast",
      schema: "public",
      approvals: [],
      runOnEveryDeploy: false,
      soakSeconds: undefined,
      copyLimitBytes: undefined,
      port: undefined,
    });
  });

  it("are all declared in Pulumi.yaml, whose defaults mean the same as leaving them out", () => {
    const declared = declaredKeys();
    assert.deepEqual(Object.keys(declared).sort(), [...CONFIG_KEYS].sort());
    const defaults = Object.fromEntries(Object.entries(declared).map(([key, value]) => [`holdfast:${key}`, value]));
    assert.deepEqual(readConfig(defaults, FALLBACK), readConfig({}, FALLBACK));
  });

  it("all say in Pulumi.yaml what they mean, and every one is read", () => {
    const program = ["index.ts", "on-aws.ts"].map((file) => readFileSync(file, "utf8")).join("\n");
    const names: Readonly<Record<string, string>> = { soak: "soakSeconds", copyLimit: "copyLimitBytes" };
    for (const [key, { description }] of Object.entries(declared())) {
      assert.match(description, /^.{30,}\.$/, key);
      assert.match(program, new RegExp(`\\b${names[key] ?? key}\\b`), key);
    }
  });

  it("inside an object are arguments that its component's page explains", () => {
    const pages: Readonly<Record<string, string>> = {
      network: "database-network",
      database: "persistent-database",
      "databases.0": "persistent-database",
      "breakGlass.0": "persistent-database",
      "approvals.0": "schema-migrations",
      alarms: "database-alarms",
      files: "file-storage",
    };
    for (const [path, page] of Object.entries(pages)) {
      const text = readFileSync(`docs/components/${page}.md`, "utf8");
      assert.ok(keysAt(path).length > 0, path);
      assert.deepEqual(
        keysAt(path).filter((key) => !text.includes(key)),
        [],
        page,
      );
    }
  });

  it("are read with their units", () => {
    const config = readConfig(
      { "holdfast:soak": "7 days", "holdfast:copyLimit": "512 MiB", "holdfast:port": "15999" },
      FALLBACK,
    );
    assert.equal(config.soakSeconds, 7 * 86_400);
    assert.equal(config.copyLimitBytes, 512 * 1024 ** 2);
    assert.equal(config.port, 15_999);
    for (const [text, seconds] of [
      ["0", 0],
      ["90 s", 90],
      ["10 min", 600],
      ["1 day", 86_400],
      ["2 weeks", 1_209_600],
    ] as const) {
      assert.equal(readConfig({ "holdfast:soak": text }, FALLBACK).soakSeconds, seconds, text);
    }
  });

  it("take approvals as a list, bound to a checksum, expiring", () => {
    const approval = { version: "0022", checksum: CHECKSUM, by: "ada", expires: "2026-02-01T00:00:00Z" };
    assert.deepEqual(readConfig({ "holdfast:approvals": JSON.stringify([approval]) }, FALLBACK).approvals, [approval]);
  });

  it("of other packages are none of our business", () => {
    assert.equal(readConfig({ "aws:region": "eu-central-1", "shop:sokk": "1" }, FALLBACK).environment, "dev");
  });

  it("with a misspelled key are refused, and the nearest key is named", () => {
    const fault = refusal({ "holdfast:releas": "1.4.0" });
    assert.match(fault.message, /holdfast:releas is not a setting/);
    assert.match(fault.details.next ?? "", /Did you mean holdfast:release\?/);
  });

  it("are all reported at once where several are wrong", () => {
    const fault = refusal({
      "holdfast:frobnicate": "1",
      "holdfast:release": "next",
      "holdfast:port": "80",
      "holdfast:soak": "soon",
    });
    const all = [fault, ...(fault.details.faults ?? [])].map(({ message }) => message);
    assert.equal(all.length, 4);
    assert.match(all[0]!, /frobnicate/);
    assert.match(fault.details.next ?? "", /The keys are: .*release/);
    for (const key of ["release", "port", "soak"])
      assert.ok(
        all.some((message) => message.startsWith(`holdfast:${key} is `)),
        key,
      );
  });

  it("are refused with the file they stand in", () => {
    for (const values of [{ "holdfast:sokk": "1" }, { "holdfast:release": "1" }, { "holdfast:database": '{"a":1}' }]) {
      assert.match(refusal(values).details.next ?? "", /Pulumi\.dev\.yaml/);
    }
  });

  it("never repeat what was pasted where an object belongs", () => {
    const token = "vercel_blob_rw_abc_def";
    const { message, details } = refusal({ "holdfast:files": token });
    assert.ok(!`${message} ${details.next ?? ""}`.includes(token));
  });

  const foreign: readonly (readonly [string, string, string])[] = [
    ["network", '{"cidrBlock":"10.0.0.0/24"}', "network"],
    ["database", '{"multiAz":true}', "database"],
    ["databases", '[{"name":"main"}]', "databases"],
    ["activeDatabase", "main", "activeDatabase"],
    ["breakGlass", '[{"id":"db","by":"ada","reason":"gone","expires":"2026-02-01T00:00:00Z"}]', "breakGlass"],
    ["backups", '{"retentionDays":14}', "backups"],
    ["alarms", '{"emails":["ada@example.com"]}', "alarms"],
    ["execution", "codebuild", "execution codebuild"],
    ["protection", "ephemeral", "protection ephemeral"],
    ["files", '{"kind":"s3"}', "files of kind s3"],
  ];
  for (const [key, value, named] of foreign) {
    it(`refuse ${named} beside the embedded engine, with both ways out`, () => {
      const { message, details } = refusal({ [`holdfast:${key}`]: value });
      assert.equal(message, `holdfast:${named} is for a database on AWS, and holdfast:engine is embedded.`);
      const ways = new RegExp(
        `out of Pulumi\\.dev\\.yaml .*config rm holdfast:${key}\\).*set holdfast:engine to postgres`,
      );
      assert.match(details.next ?? "", ways);
      // The same is well-formed where the database is on AWS.
      assert.ok(readConfig({ "holdfast:engine": "postgres", [`holdfast:${key}`]: value }, FALLBACK));
    });
  }

  it("of an embedded database may have files at Vercel", () => {
    const files = { kind: "vercel-blob", baseUrl: "https://shop.public.blob.vercel-storage.com" };
    assert.deepEqual(readConfig({ "holdfast:files": JSON.stringify(files) }, FALLBACK).files, files);
  });

  it("refuse the embedded database's port on AWS, and name the one that counts there", () => {
    const { message, details } = refusal({ "holdfast:engine": "postgres", "holdfast:port": "5434" });
    assert.match(message, /holdfast:port is the embedded database's/);
    assert.match(details.next ?? "", /pulumi config set --path holdfast:database\.port 5434/);
  });

  it("refuse an active database that is none of them, and list those there are", () => {
    const both = { "holdfast:engine": "postgres", "holdfast:databases": '[{"name":"main"},{"name":"main-g2"}]' };
    assert.equal(readConfig({ ...both, "holdfast:activeDatabase": "main-g2" }, FALLBACK).activeDatabase, "main-g2");
    const { message } = refusal({ ...both, "holdfast:activeDatabase": "main-g3" });
    assert.match(message, /activeDatabase is "main-g3", and holdfast:databases has main, main-g2/);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["engine", "rds", /must be one of embedded, postgres, aurora-postgresql/],
    ["database", "db.t4g.large", /must be an object/],
    ["database", '{"multiAZ":true}', /holdfast:database has multiAZ, which is not a setting.* Did you mean multiAz\?/s],
    ["database", '{"multiAz":"yes"}', /at database\.multiAz|\(at multiAz\) must be true or false/],
    [
      "database",
      '{"serverless":{"min":1,"minCapacity":1,"maxCapacity":2}}',
      /serverless has min.*The keys are: minCapacity, maxCapacity/s,
    ],
    ["network", '{"subnetIds":"subnet-1"}', /\(at subnetIds\) must be a list/],
    ["breakGlass", '[{"id":"db","by":"ada","reason":"gone","expires":"soon"}]', /\(at 0\.expires\).*ISO 8601/],
    ["release", "1.4", /semantic version/],
    ["promotedFrom", "staging", /acme\/shop\/staging/],
    ["schema", "my schema", /schema's name/],
    ["approvals", "0022", /list of/],
    ["approvals", `[{"version":"0022","by":"ada"}]`, /at 0\.checksum/],
    ["approvals", `[{"version":"0022","checksum":"abc","by":"ada"}]`, /SHA-256/],
    ["approvals", `[{"version":"0022","checksum":"${CHECKSUM}","by":"ada","expires":"soon"}]`, /ISO 8601/],
    ["approvals", `[{"version":"0022","checksum":"${CHECKSUM}","by":"ada","expire":"2026-02-01T00:00:00Z"}]`, /expire/],
    ["copyLimit", "1 GB", /512 MiB or 1 GiB/],
    ["port", "70000", /1024 to 65535/],
    ["port", "any", /1024 to 65535/],
    ["port", "2000.5", /1024 to 65535/],
    ["approvals", `[{"version":22,"checksum":"${CHECKSUM}","by":"ada"}]`, /in quotes/],
    ["runOnEveryDeploy", "yes", /true or false/],
    ["execution", "ssm-tunnel", /must be one of direct, codebuild/],
    ["protection", "none", /must be one of full, ephemeral/],
    ["files", '{"kind":"gcs"}', /\(at kind\) must be one of s3, vercel-blob/],
  ];
  for (const [key, value, message] of wrong) {
    it(`refuse ${key}: ${value.slice(0, 60)}`, () => {
      const { message: sentence, details } = refusal({ [`holdfast:${key}`]: value });
      assert.match(`${sentence} ${details.next ?? ""}`, message);
    });
  }
});

function refusal(values: Record<string, string>): HoldfastError {
  try {
    readConfig(values, FALLBACK);
  } catch (error) {
    assert.equal((error as HoldfastError).code, "invalid_config");
    return error as HoldfastError;
  }
  return assert.fail("it was accepted");
}

/** Keys and defaults, as Pulumi hands them over: text. */
function declaredKeys(): Record<string, string> {
  return Object.fromEntries(Object.entries(declared()).map(([key, entry]) => [key, entry.default]));
}

/** What Pulumi.yaml declares. The file is ours and regular, so no YAML library is needed. */
function declared(): Record<string, { readonly default: string; readonly description: string }> {
  const [, config = ""] = readFileSync("Pulumi.yaml", "utf8").split("\nconfig:\n");
  const entries = config.split(/\n(?= {2}\w)/).map((entry) => {
    const [, key = ""] = /^ *(\w+):/.exec(entry) ?? [];
    const [, value = ""] = /\n {4}default: (.*)/.exec(entry) ?? [];
    const [, description = ""] = /\n {4}description: (.*)/.exec(entry) ?? [];
    return [key, { default: value.replace(/^""$/, ""), description }] as const;
  });
  return Object.fromEntries(entries);
}
