import assert from "node:assert/strict";
import { destructiveSeedingFindings } from "../../../engine/core/ci/destructive-seeding.js";
import { sqliteFindings } from "../../../engine/core/ci/sqlite.js";
import { trackedEnvFindings } from "../../../engine/core/ci/tracked-env-files.js";
import type { LintFinding } from "../../../engine/core/lint/lint-finding.js";

const SQLITE = [
  [".env.example", "DATABASE_URL=file:./dev.db"],
  [".env.example", 'DATABASE_URL="sqlite:///app.db"'],
  ["config.py", 'SQLALCHEMY_DATABASE_URI = "sqlite:///" + path'],
  ["settings.py", '    "ENGINE": "django.db.backends.sqlite3",'],
  ["prisma/schema.prisma", 'datasource db {\n  provider = "sqlite"\n}'],
  ["prisma/schema.prisma", 'datasource db {\n  url = "file:./dev.db"\n}'],
  ["drizzle.config.ts", 'export default { dialect: "sqlite" };'],
  ["knexfile.js", 'module.exports = { client: "better-sqlite3" };'],
  ["config/database.yml", "production:\n  adapter: sqlite3\n"],
  ["app.properties", "jdbc:sqlite:./app.db"],
  ["docker-compose.yml", "      DATABASE_URL: sqlite:./data/app.db"],
] as const;

const NO_SQLITE = [
  ["test/setup.ts", 'process.env.DATABASE_URL = "sqlite::memory:";'],
  ["src/users.test.ts", 'const url = "sqlite::memory:";'],
  ["README.md", "Their examples say DATABASE_URL=file:./dev.db"],
  ["package-lock.json", '"node_modules/better-sqlite3": {"type": "sqlite3"}'],
  ["src/config.ts", "// once this was sqlite:///app.db"],
  ["src/config.ts", "const isSqlite = false; // no SQLite here"],
  ["src/config.ts", 'const url = "postgres://app@db/app";'],
  ["src/files.ts", 'const url = "file:///etc/hosts";'],
  ["package.json", '"dependencies": { "holdfast": "file:../holdfast" }'],
] as const;

describe("SQLite outside of tests", () => {
  for (const [path, text] of SQLITE) {
    it(`is found in ${path}: ${text.trim().split("\n").join(" ")}`, () => {
      assert.deepEqual(rules(sqliteFindings({ path, text })), ["sqlite-outside-tests"]);
    });
  }
  for (const [path, text] of NO_SQLITE) {
    it(`is not seen in ${path}: ${text}`, () => assert.deepEqual(sqliteFindings({ path, text }), []));
  }
});

const packageJson = (scripts: Record<string, string>, more: object = {}) => ({
  path: "package.json",
  text: JSON.stringify({ scripts, ...more }, null, 2),
});
const seed = (text: string, path = "prisma/seed.ts") => ({ path, text });
const EMPTIES = "await prisma.user.deleteMany();\nawait prisma.user.create({ data });";
const ADDS = "await prisma.user.upsert({ where, update: {}, create: data });";
const GUARDED = `if (process.env.NODE_ENV === "production") throw new Error("not here");\n${EMPTIES}`;

describe("destructive seeding in production", () => {
  for (const [what, scripts] of [
    ["a script that hosts run", { "vercel-build": "prisma migrate reset --force && next build" }],
    ["a script before the start", { prestart: "npx prisma db push --accept-data-loss", start: "node ." }],
    ["a script by way of another", { build: "npm run db && next build", db: "sequelize db:drop" }],
    ["a script that says production", { "seed:prod": "knex migrate:rollback --all && knex seed:run" }],
    [
      "several scripts at once",
      { deploy: "run-s wipe up", wipe: "psql $DATABASE_URL -c 'DROP SCHEMA public CASCADE'", up: "x" },
    ],
  ] as const) {
    it(`is found in ${what}`, () => {
      assert.deepEqual(rules(destructiveSeedingFindings([packageJson(scripts)])), ["destructive-seeding"]);
    });
  }

  for (const [path, text] of [
    ["Dockerfile", 'FROM node:20\nCMD ["npx", "prisma", "migrate", "reset", "--force"]'],
    ["Procfile", "release: bin/rails db:schema:load"],
    ["deploy/entrypoint.sh", "#!/bin/sh\nphp artisan migrate:fresh --force"],
    [".github/workflows/deploy.yml", "      - run: npm run wipe"],
  ] as const) {
    it(`is found in ${path}`, () => {
      const found = destructiveSeedingFindings([packageJson({ wipe: "dropdb app" }), { path, text }]);
      assert.deepEqual(rules(found), ["destructive-seeding"]);
    });
  }

  it("is found in a seed that production runs, at the statement", () => {
    const files = [
      packageJson({ postdeploy: "prisma db seed" }, { prisma: { seed: "tsx prisma/seed.ts" } }),
      seed(EMPTIES),
    ];
    const [finding] = destructiveSeedingFindings(files);
    assert.equal(finding?.file, "prisma/seed.ts");
    assert.equal(finding.line, 1);
    assert.match(finding.message, /^The script "postdeploy" runs prisma\/seed\.ts, which destroys rows/);
  });

  for (const [what, files] of [
    ["a reset of a development database", [packageJson({ "db:reset": "prisma migrate reset", dev: "next dev" })]],
    ["a reset before the tests", [packageJson({ pretest: "prisma migrate reset --force" })]],
    ["a seed that nothing in production runs", [packageJson({ dev: "tsx prisma/seed.ts" }), seed(EMPTIES)]],
    ["a seed that only adds", [packageJson({ postdeploy: "tsx prisma/seed.ts" }), seed(ADDS)]],
    ["a seed that stops in production", [packageJson({ postdeploy: "tsx prisma/seed.ts" }), seed(GUARDED)]],
    [
      "deleting some rows",
      [packageJson({ start: "psql -f seeds/a.sql" }), seed("DELETE FROM a WHERE id < 0;", "seeds/a.sql")],
    ],
    ["a pipeline of tests", [{ path: ".github/workflows/ci.yml", text: "- run: prisma migrate reset --force" }]],
    ["a comment", [{ path: "Dockerfile", text: "# never: prisma migrate reset\nRUN npm ci" }]],
    ["a test's own seed", [packageJson({ start: "node ." }), seed(EMPTIES, "test/seed.ts")]],
  ] as const) {
    it(`is not seen in ${what}`, () => assert.deepEqual(destructiveSeedingFindings(files), []));
  }

  it("finds TRUNCATE in a seed of SQL that a deploy runs", () => {
    const files = [{ path: "Procfile", text: "release: psql $DATABASE_URL -f db/seeds/users.sql" }];
    const found = destructiveSeedingFindings([...files, seed("-- users\nTRUNCATE users;\n", "db/seeds/users.sql")]);
    assert.deepEqual(
      found.map(({ file, line }) => [file, line]),
      [["db/seeds/users.sql", 2]],
    );
  });
});

describe("tracked .env files", () => {
  it("are refused, whatever they are called", () => {
    const found = trackedEnvFindings([".env", "web/.env.production", ".envrc", "src/env.ts"]);
    assert.deepEqual(
      found.map(({ file }) => file),
      [".env", "web/.env.production"],
    );
  });

  it("may hold names only: examples", () => {
    assert.deepEqual(trackedEnvFindings([".env.example", ".env.production.example", ".env.sample"]), []);
  });
});

function rules(findings: readonly LintFinding[]): string[] {
  return findings.map(({ rule }) => rule);
}
