import assert from "node:assert/strict";
import { adoptGeneration } from "../../engine/core/adopted-generation.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";

const RESTORED: DatabaseConnection = {
  ...{ kind: "rds", host: "h", port: 5433, database: "app", user: "u", ownerRole: "app_owner", project: "shop" },
  ...{ resourceId: "db-ABC", instance: "saved", identifier: "shop-prod-database-saved" },
};

describe("a restored database among the generations of its stack", () => {
  it("comes behind those that are there, which stay as they are", () => {
    const present = [{ name: "main" }, { name: "g2", id: "db-1", identifier: "x", engineVersion: "17" }];
    const { databases, commands } = adoptGeneration("prod", RESTORED, "saved", { present, hasActive: false });
    assert.deepEqual(databases.slice(0, 2), present);
    assert.deepEqual(databases[2], { name: "saved", identifier: "shop-prod-database-saved", id: "db-ABC" });
    assert.deepEqual(
      commands.map((args) => args.slice(3, 5)),
      [
        ["holdfast:databases[2].id", "db-ABC"],
        ["holdfast:databases[2].identifier", "shop-prod-database-saved"],
        ["holdfast:databases[2].name", "saved"],
      ],
    );
  });

  it("never has an entry that would make a new, empty one, wherever the writing stops", () => {
    const { commands } = adoptGeneration("prod", RESTORED, "saved", { present: undefined, hasActive: true });
    const paths = commands.map((args) => args.find((word) => word.startsWith("holdfast:")));
    assert.deepEqual(paths, [
      ...["holdfast:databases[0].name", "holdfast:databases[1].id", "holdfast:databases[1].identifier"],
      ...["holdfast:databases[1].name", "holdfast:activeDatabase"],
    ]);
    assert.equal(commands[0]?.[4], "main");
  });

  it("has a name of its own, and of a cluster the identifier as its id", () => {
    const present = [{ name: "main" }, { name: "prod-before" }];
    const cluster = { ...RESTORED, kind: "aurora" };
    const { generation } = adoptGeneration("prod", cluster, "prod_before", { present, hasActive: false });
    assert.deepEqual([generation.name, generation.id], ["prod-before-2", "shop-prod-database-saved"]);
  });
});
