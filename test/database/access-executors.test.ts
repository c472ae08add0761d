import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import {
  DatabaseAccess,
  LocalDatabase,
  SchemaMigrations,
  type DatabaseAccessArgs,
  type DatabaseConnection,
} from "../../components/index.js";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ACTS, allowedActs, type Act } from "../support/access-acts.js";
import { accessCatalog } from "../support/access-catalog.js";
import { ensureBuilt } from "../support/build.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { inFolder } from "../support/in-folder.js";
import {
  createStackHarness,
  type RunOptions,
  type RunReport,
  type StackHarness,
  type TestStack,
} from "../support/pulumi.js";

const FIRST = `CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text);
CREATE VIEW bodies AS SELECT body FROM notes;
CREATE SEQUENCE tickets;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN 2 * n;
CREATE SCHEMA IF NOT EXISTS billing;
CREATE TABLE billing.invoices (n int);
`;
const LATER = `CREATE TABLE tags (tag text);
CREATE TABLE billing.payments (n int);
CREATE SEQUENCE numbers;
CREATE FUNCTION thrice(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN 3 * n;
`;

const ACCOUNTANT = { name: "accountant", schemas: ["billing"], tables: ["SELECT"] };
const BASE: Partial<DatabaseAccessArgs> = { schemas: ["public", "billing"], roles: [ACCOUNTANT] };

/** What not even the owner may. */
const NOBODY: readonly Act[] = [
  ...(["give a table away", "make a role", "become a superuser", "run a program on the server"] as const),
];

/** Everything a role may do; what is not named, the server refuses. */
const MAY: Readonly<Record<string, readonly Act[]>> = {
  owner: (Object.keys(ACTS) as Act[]).filter((act) => !NOBODY.includes(act)),
  app_migrator: ["log in", "take the owner's role"],
  app_service: [
    ...(["log in", "read a table", "read a later table", "read a view"] as const),
    ...(["insert a row", "insert a row into a later table", "update a row", "delete a row"] as const),
    ...(["draw from a sequence", "draw from a later sequence", "call a function", "call a later function"] as const),
    ...(["make a temporary table", "read the history", "read settings", "add a setting", "change a setting"] as const),
    ...(["read another schema's table", "read another schema's later table"] as const),
    "write to another schema's table",
  ],
  app_read_only: [
    ...(["log in", "read a table", "read a later table", "read a view", "read the history", "read settings"] as const),
    ...(["read another schema's table", "read another schema's later table"] as const),
  ],
  accountant: ["log in", "read another schema's table", "read another schema's later table"],
};

/** One executor's stack. */
interface Runs {
  readonly run: (op: "preview" | "up", args: Partial<DatabaseAccessArgs>) => Promise<RunReport>;
  readonly catalog: () => Promise<unknown>;
  readonly end: () => Promise<void> | undefined;
}

interface StateEntry {
  readonly urn: string;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** Changes of the data, in this order, each with what is done to the database before. */
const STEPS: readonly {
  readonly name: string;
  readonly args: Partial<DatabaseAccessArgs>;
  readonly byHand?: string;
}[] = [
  {
    name: "a role is added, and others may do more or less",
    args: {
      ...BASE,
      app: { tables: ["SELECT", "INSERT"] },
      readOnly: { functions: ["EXECUTE"] },
      roles: [
        { ...ACCOUNTANT, tables: ["SELECT", "UPDATE"] },
        { name: "auditor", tables: ["SELECT"], login: false },
      ],
    },
  },
  {
    name: "a role is retired, and somebody granted and revoked by hand",
    args: { ...BASE, roles: [ACCOUNTANT, { name: "auditor", retired: true }] },
    byHand: `REVOKE SELECT ON notes FROM app_service; GRANT TRUNCATE ON notes TO app_read_only;
      GRANT DELETE ON settings TO app_service; REVOKE USAGE ON SCHEMA billing FROM accountant;
      GRANT CREATE ON SCHEMA public TO PUBLIC; REVOKE CONNECT ON DATABASE app FROM app_read_only;
      ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public REVOKE SELECT ON TABLES FROM app_service;
      ALTER ROLE app_read_only NOLOGIN; GRANT EXECUTE ON FUNCTION twice TO PUBLIC`,
  },
  { name: "the retired role's line goes", args: BASE },
];

describe("DatabaseAccess, by Pulumi's provider and by the command", function () {
  this.timeout(600_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  const catalogs: Record<string, Record<string, unknown>> = {};
  const runs: Record<string, Runs> = {};

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({
      env: { HOLDFAST_HOME: dataRoot.path },
      files: { "command/0001_first.sql": FIRST, "provider/0001_first.sql": FIRST },
    });
  });
  after(async () => {
    for (const { end } of Object.values(runs)) await end();
    harness.remove();
    await dataRoot.remove();
  });

  for (const executor of ["command", "provider"]) {
    describe(executor, () => {
      let stack: TestStack;
      let instance: LocalInstance;
      let root: Client;
      let connections: Record<string, DatabaseConnection>;

      const program = (args: Partial<DatabaseAccessArgs> | undefined) => async () => {
        const database = new LocalDatabase("main");
        const access = args && new DatabaseAccess("main", { connection: database.connection, executor, ...args });
        const migrations = new SchemaMigrations("main", {
          connection: access === undefined ? database.connection : access.connections.migrator,
          ...{ directory: executor, release: "1.0.0", environment: "dev" },
        });
        return Promise.resolve({ connections: access?.connections, ran: migrations.ran });
      };
      const run = (
        op: "preview" | "up" | "refresh" | "destroy",
        args?: Partial<DatabaseAccessArgs>,
        options: RunOptions = {},
      ) => inFolder(harness.home.workDirectory, () => stack[op]({ program: program(args), ...options }));
      const snapshot = async (name: string): Promise<void> => {
        (catalogs[name] ??= {})[executor] = await accessCatalog(root);
      };
      const login = async ({ host, port, database, user, passwordFile }: DatabaseConnection): Promise<Client> => {
        const password = (await readFile(join(dataRoot.path, passwordFile!), "utf8")).trim();
        const client = new Client({ host, port, database, user, password });
        client.on("error", () => undefined);
        await client.connect();
        return client;
      };

      before(async () => {
        runs[executor] = { run, catalog: () => accessCatalog(root), end: () => root?.end() };
        stack = await harness.createStack({ project: "shop", stack: executor, program: program(undefined) });
      });

      it("takes on a database that had no roles, with its tables and its owner", async () => {
        await run("up");
        const up = await run("up", BASE);
        instance = (await findLocalInstance({ project: "shop", name: executor, root: dataRoot.path }))!;
        root = await connectLocal(instance);
        await root.query("CREATE SCHEMA holdfast_retired AUTHORIZATION app_owner");
        await root.query(
          "CREATE TABLE holdfast_retired.gone (n int); ALTER TABLE holdfast_retired.gone OWNER TO app_owner",
        );
        connections = up.outputs["connections"] as Record<string, DatabaseConnection>;
        const { deployment } = (await stack.state()) as { deployment: { resources: StateEntry[] } };
        const rest = deployment.resources.find(({ urn }) => urn.endsWith("::main-rest"));
        const { changed } = JSON.parse(rest?.outputs?.["stdout"] ?? "") as { changed: Record<string, number> };
        if (executor === "provider") assert.deepEqual(Object.keys(changed), ["object"], "the provider did the rest");
        assert.equal(connections["migrator"]!.user, "app_migrator");
        await snapshot("taken on");
      });

      it("changes nothing a second time", async () => {
        const up = await run("up", BASE);
        assert.deepEqual(
          up.changes.map(({ op, name }) => `${op} ${name}`),
          [],
        );
      });

      it("runs a later migration as the migrator, whose tables are reachable at once", async () => {
        await writeFile(join(harness.home.workDirectory, executor, "0002_later.sql"), LATER);
        const up = await run("up", BASE);
        assert.deepEqual(up.outputs["ran"], ["0002_later.sql"]);
        const { rows } = await root.query("SELECT tableowner FROM pg_tables WHERE tablename = 'tags'");
        assert.deepEqual(rows, [{ tableowner: "app_owner" }]);
        const service = await login(connections["app"]!);
        await service.query("INSERT INTO tags VALUES ('a'); SELECT nextval('numbers'), thrice(1)");
        await service.end();
        await snapshot("a later migration");
      });

      it("lets each role do what the table says, and nothing else", async () => {
        const { app, migrator, readOnly } = connections as Record<"app" | "migrator" | "readOnly", DatabaseConnection>;
        const accountant = {
          ...app,
          user: "accountant",
          passwordFile: app.passwordFile!.replace("app_service", "accountant"),
        };
        const seen: Record<string, Act[]> = {};
        for (const connection of [migrator, app, readOnly, accountant]) {
          const client = await login(connection);
          seen[connection.user] = await allowedActs(client);
          if (connection === migrator) seen["owner"] = await allowedActs(client, "SET ROLE app_owner");
          await client.end();
        }
        for (const [role, acts] of Object.entries(MAY)) {
          assert.deepEqual([...seen[role]!].sort(), [...acts].sort(), role);
        }
      });

      it("lets nobody else in", async () => {
        await root.query("CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
        const { host, port, database } = connections["app"]!;
        const stranger = new Client({ host, port, database, user: "stranger", password: "stranger" });
        await assert.rejects(stranger.connect(), /permission denied for database/);
        await root.query("DROP ROLE stranger");
        await root.query("ALTER ROLE app_owner PASSWORD 'owner'");
        const owner = new Client({ host, port, database, user: "app_owner", password: "owner" });
        await assert.rejects(owner.connect(), /role "app_owner" is not permitted to log in/);
        await root.query("ALTER ROLE app_owner PASSWORD NULL");
      });

      for (const { name, args, byHand } of STEPS) {
        it(`${name}: one deploy, then none`, async () => {
          if (byHand !== undefined) {
            await root.query(byHand);
            await run("refresh", args);
          }
          const up = await run("up", args);
          const unwanted = up.changes.filter(({ op, urn }) => /replace/.test(op) || !urn.includes("DatabaseAccess"));
          assert.deepEqual(unwanted, [], "nothing is replaced, and the database and its migrations are left alone");
          assert.deepEqual((await run("preview", args)).changes, []);
          await snapshot(name);
        });
      }

      it("refuses in the preview to forget a role that can still log in", async () => {
        const preview = await run("preview", { ...BASE, roles: [] }, { mayFail: true });
        assert.match(preview.errors.join("\n"), /role "accountant" is no longer among the roles[^]*retired: true/);
      });

      it("keeps no password in the state", async () => {
        const state = JSON.stringify(await stack.state());
        const folder = join(instance.directory, "passwords");
        const names = await readdir(folder);
        assert.deepEqual(names.sort(), ["accountant", "app_migrator", "app_read_only", "app_service"]);
        for (const name of names) assert.ok(!state.includes((await readFile(join(folder, name), "utf8")).trim()), name);
        assert.doesNotMatch(state, /SCRAM-SHA-256/);
      });

      it("takes its own roles over again after the stack was destroyed, and no row is lost", async () => {
        await root.query("INSERT INTO notes (body) VALUES ('kept')");
        await snapshot("before destroy");
        await run("destroy", BASE);
        await snapshot("destroyed");
        assert.deepEqual(catalogs["destroyed"]![executor], catalogs["before destroy"]![executor]);
        await run("up", BASE);
        await snapshot("deployed again");
        assert.deepEqual(catalogs["deployed again"]![executor], catalogs["before destroy"]![executor]);
        assert.deepEqual((await run("preview", BASE)).changes, []);
        assert.deepEqual((await root.query("SELECT body FROM notes")).rows, [{ body: "kept" }]);
      });
    });
  }

  describe("both", () => {
    for (const [before, after] of [
      ["command", "provider"],
      ["provider", "command"],
    ] as const) {
      it(`follow each other: ${after} takes over what ${before} made`, async () => {
        const { run, catalog } = runs[before]!;
        const present = await catalog();
        const up = await run("up", { ...BASE, executor: after });
        assert.ok(up.changes.length > 0);
        assert.deepEqual((await run("preview", { ...BASE, executor: after })).changes, []);
        assert.deepEqual(await catalog(), present);
      });
    }

    it("lead to the same catalogs at every step", () => {
      assert.ok(Object.keys(catalogs).length >= 7);
      for (const [step, { command, provider }] of Object.entries(catalogs)) assert.deepEqual(provider, command, step);
    });
  });
});
