import assert from "node:assert/strict";
import { accessFactsOf } from "../../engine/core/access/access-facts.js";
import { accessFaults } from "../../engine/core/access/access-faults.js";
import { accessRequestOf, type AccessWish } from "../../engine/core/access/access-wish.js";
import { compareAccess } from "../../engine/core/access/compare-access.js";
import type { PresentAccess, PresentObject } from "../../engine/core/access/present-access.js";

const EMPTY: PresentAccess = {
  ...{ database: "app", user: "postgres", isSuperuser: true, hasOwnerRights: true, serverVersionNum: 180000 },
  roles: [],
  databaseAcl: { public: ["CONNECT", "TEMPORARY"] },
  schemas: [{ name: "public", owner: "pg_database_owner", acl: { public: ["USAGE"] } }],
  ...{ defaultPrivileges: [], objects: [] },
};

function factsOf(wish: AccessWish = {}, login: "file" | "iam" = "file") {
  return accessFactsOf(accessRequestOf(wish, login));
}

function missing(wish: AccessWish, present: Partial<PresentAccess>): string[] {
  return compareAccess(factsOf(wish), { ...EMPTY, ...present }).map(({ sql }) => sql);
}

function table(
  name: string,
  acl: PresentObject["acl"],
  engineTable: PresentObject["engineTable"] = "none",
): PresentObject {
  return { ...{ schema: "public", name, kind: "table", engineTable, owner: "app_owner", isReachable: true }, acl };
}

describe("roles and grants as data", () => {
  it("begin with an owner that cannot log in, and a migrator that takes its role on purpose", () => {
    const { roles } = factsOf();
    assert.deepEqual(roles[0], { name: "app_owner", canLogin: false, inherits: true, memberOf: [] });
    const migrator = { name: "app_migrator", canLogin: true, inherits: false, memberOf: ["app_owner", "pg_monitor"] };
    assert.deepEqual(roles[1], migrator);
  });

  it("let roles log in to AWS by token, but not the owner and not a retired one", () => {
    const wish = { roles: [{ name: "gone", retired: true }] };
    const byToken = factsOf(wish, "iam").roles.filter(({ memberOf }) => memberOf.includes("rds_iam"));
    assert.deepEqual(
      byToken.map(({ name }) => name),
      ["app_migrator", "app_service", "app_read_only"],
    );
  });

  it("take everything from a retired role and keep its name", () => {
    const facts = factsOf({ roles: [{ name: "gone", retired: true, tables: ["SELECT"], memberOf: ["pg_monitor"] }] });
    const all = [facts.databaseGrants, facts.schemaGrants, facts.objectGrants, facts.defaultPrivileges].flat();
    assert.deepEqual(facts.roles.at(-1), { name: "gone", canLogin: false, inherits: true, memberOf: [] });
    assert.ok(all.filter(({ role }) => role === "gone").every(({ privileges }) => privileges.length === 0));
  });

  it("give a role no look into a schema in which it has nothing", () => {
    const { schemaGrants } = factsOf({
      schemas: ["public", "billing"],
      roles: [{ name: "books", schemas: ["billing"], tables: ["SELECT"] }],
    });
    const of = schemaGrants
      .filter(({ role }) => role === "books")
      .map(({ schema, privileges }) => [schema, privileges]);
    assert.deepEqual(of, [
      ["public", []],
      ["billing", ["USAGE"]],
    ]);
  });

  it("are told as statements for many objects at once, with what is missing and what is too much", () => {
    const objects = [
      table('"notes"', { app_owner: ["SELECT"] }),
      table('"people"', {
        app_service: ["DELETE", "INSERT", "SELECT", "TRUNCATE", "UPDATE"],
        app_read_only: ["SELECT"],
      }),
    ];
    const said = missing({}, { objects }).filter((sql) => sql.includes("ON TABLE "));
    assert.deepEqual(said, [
      'GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."notes" TO "app_service"',
      'GRANT SELECT ON TABLE "public"."notes" TO "app_read_only"',
      'REVOKE TRUNCATE ON TABLE "public"."people" FROM "app_service"',
    ]);
  });

  it("let nobody change the history nor delete settings, whoever was given that", () => {
    const objects = [
      table(
        '"schema_migrations"',
        { app_service: ["DELETE", "SELECT"], app_read_only: ["SELECT"], stranger: ["UPDATE"] },
        "history",
      ),
      table(
        '"settings"',
        { app_service: ["DELETE", "INSERT", "SELECT", "UPDATE"], app_read_only: ["SELECT"] },
        "settings",
      ),
    ];
    assert.deepEqual(
      missing({}, { objects }).filter((sql) => sql.includes("ON TABLE ")),
      [
        'REVOKE DELETE ON TABLE "public"."schema_migrations", "public"."settings" FROM "app_service"',
        'REVOKE UPDATE ON TABLE "public"."schema_migrations" FROM "stranger"',
      ],
    );
  });

  it("leave alone what the login could not grant on", () => {
    const objects = [{ ...table('"foreign"', {}), owner: "somebody", isReachable: false }];
    assert.ok(missing({}, { objects }).every((sql) => !sql.includes("ON TABLE ")));
  });

  it("tell every fault of the data at once, each with what is allowed", () => {
    const wish: AccessWish = {
      prefix: "pg_app",
      schemas: ["public", "holdfast"],
      app: { tables: ["SELEKT"] },
      roles: [
        { name: "app_owner", schemas: ["elsewhere"] },
        { name: "twice", functions: ["SELECT"] },
        { name: "twice" },
        { name: 'a"b' },
      ],
    };
    const properties = accessFaults(wish).map(({ property }) => property);
    for (const property of [
      "ownerRole",
      "migrator.name",
      "schemas[1]",
      "app.tables",
      "roles[0].schemas",
      "roles[1].functions",
      "roles[2].name",
      "roles[3].name",
    ]) {
      assert.ok(properties.includes(property), `${property} in ${properties.join()}`);
    }
  });

  it("refuse to retire the role without which no migration runs", () => {
    const [fault] = accessFaults({ migrator: { retired: true } });
    assert.equal(fault?.property, "migrator.retired");
  });
});
