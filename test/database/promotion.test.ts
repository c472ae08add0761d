import assert from "node:assert/strict";
import { findUnproven, type StagedMigration } from "../../engine/core/promotion.js";
import type { RunResult } from "../../engine/core/run.js";
import { deploy, OWNER_ROLE, planDeploy, recordedBackups, refusalOf, type Folder } from "../support/engine.js";
import { migrationFile } from "../support/migration-file.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const FROM = "acme/shop/staging";
const CREATE: Folder = { "0001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n" };
const ADD: Folder = { ...CREATE, "0002_add_users_mail.sql": "ALTER TABLE users ADD COLUMN mail text;\n" };
const DROP: Folder = {
  ...ADD,
  "0003_drop_users_name.sql": "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;\n",
};

describe("a deploy that takes only what another stack has proven", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    await deploy(database, CREATE);
  });
  afterEach(() => database.drop());

  const files = (folder: Folder) => Object.entries(folder).map(([name, text]) => migrationFile(name, text));
  const staged = (folder: Folder): StagedMigration[] =>
    files(folder).map(({ version, checksum }) => ({ version, checksum, state: "applied" }));
  const promoted = (folder: Folder, there: Folder) => ({ promotion: findUnproven(files(folder), FROM, staged(there)) });
  const states = ({ appliedMigrations }: RunResult): string[] =>
    appliedMigrations.map(({ version, state }) => `${version} ${state}`);

  it("refuses the rest before anything runs, without a preview, and takes no backup", async () => {
    const backup = recordedBackups();
    const refused = await refusalOf(
      deploy(database, ADD, { release: "1.1.0", ...promoted(ADD, CREATE), world: { backup } }),
    );
    assert.deepEqual([refused.code, refused.exitCode, backup.taken], ["not_promoted", 3, []]);
    assert.match(refused.message, /0002_add_users_mail\.sql has not been applied there/);
    assert.equal(
      (await refusalOf(planDeploy(database, ADD, { release: "1.1.0", ...promoted(ADD, CREATE) }))).code,
      "not_promoted",
    );
    assert.deepEqual(
      states(await deploy(database, ADD, { release: "1.1.0", ...promoted(ADD, ADD) })).at(-1),
      "0002 applied",
    );
  });

  it("holds a contract that nobody approved, proven or not; approved, it must be proven, too", async () => {
    await deploy(database, ADD, { release: "1.1.0" });
    const unproven = { release: "1.2.0", ...promoted(DROP, ADD) };
    assert.equal(states(await deploy(database, DROP, unproven)).at(-1), "0003 held");
    const contract = files(DROP).at(-1);
    assert.ok(contract);
    const approvals = [{ version: contract.version, checksum: contract.checksum, by: "ada" }];
    assert.equal((await refusalOf(deploy(database, DROP, { ...unproven, approvals }))).code, "not_promoted");
    const proven = { release: "1.2.0", approvals, ...promoted(DROP, DROP) };
    assert.equal(states(await deploy(database, DROP, proven)).at(-1), "0003 retired");
  });
});
