import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { readBatchTarget } from "../../engine/core/batch-range.js";
import { batchStatement } from "../../engine/core/batch-statement.js";
import { HoldfastError } from "../../engine/core/errors.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { analysed } from "../support/migration-file.js";

let parser: SqlParser;
before(async () => {
  parser = await loadSqlParser();
});

function target(batch: string, sql: string): ReturnType<typeof readBatchTarget> {
  const { migration, statements } = analysed(parser, `-- @phase backfill\n-- @batch ${batch}\n${sql}\n`);
  return readBatchTarget(migration, migration.batch!, statements[0]!, parser);
}

describe("the statement of a backfill", () => {
  const ORDERS = "table=orders key=id";
  const held: { batch: string; sql: string; table?: string; key?: string[] }[] = [
    { batch: ORDERS, sql: "UPDATE orders SET a = 1 WHERE id BETWEEN :from AND :to;" },
    {
      batch: ORDERS,
      sql: "UPDATE ONLY orders AS o SET a = b.c FROM b WHERE b.id = o.b AND (a IS NULL AND o.ID BETWEEN :from AND :to);",
    },
    { batch: ORDERS, sql: "UPDATE orders SET a = 1 WHERE orders.id >= :from AND id <= :to AND a IS NULL;" },
    { batch: ORDERS, sql: "DELETE FROM orders WHERE id BETWEEN :from::bigint AND :to AND closed;" },
    {
      batch: ORDERS,
      sql: "INSERT INTO archive SELECT o.* FROM users u JOIN orders o ON o.u = u.id WHERE o.id BETWEEN :from AND :to;",
    },
    {
      batch: ORDERS,
      sql: "WITH v AS (SELECT 1) UPDATE app.orders SET a = 1 WHERE id BETWEEN :from AND :to;",
      table: `"app"."orders"`,
    },
    { batch: "table=app.orders key=id", sql: "UPDATE orders SET a = 1 WHERE id BETWEEN :from AND :to;" },
    {
      batch: `table=orders key=a,"B"`,
      sql: `UPDATE orders SET c = 1 WHERE (a, "B") BETWEEN (:from) AND (:to);`,
      key: ["a", "B"],
    },
    {
      batch: "table=orders key=a,b",
      sql: "UPDATE orders SET c = 1 WHERE ROW(a, orders.B) BETWEEN ROW(:from) AND ROW(:to);",
      key: ["a", "b"],
    },
  ];
  for (const { batch, sql, table = `"orders"`, key = ["id"] } of held) {
    it(`is held to its batch: ${sql}`, () => assert.deepEqual(target(batch, sql), { table, key }));
  }

  const loose: { batch: string; sql: string; message: RegExp }[] = [
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 WHERE id BETWEEN :from AND :to OR a IS NULL;",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 WHERE NOT id BETWEEN :from AND :to;",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 WHERE id NOT BETWEEN :from AND :to;",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 WHERE id > :from AND id <= :to;",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 WHERE id BETWEEN :to AND :from;",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 WHERE id + 1 BETWEEN :from AND :to;",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 WHERE n BETWEEN :from AND :to;",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 FROM b WHERE b.id BETWEEN :from AND :to;",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE orders SET a = 1 WHERE id BETWEEN ':from' AND ':to';",
      message: /is not held to the batch/,
    },
    {
      batch: ORDERS,
      sql: "UPDATE users SET a = (SELECT 1 FROM orders WHERE id BETWEEN :from AND :to);",
      message: /changes another table than @batch names/,
    },
    {
      batch: ORDERS,
      sql: "INSERT INTO orders SELECT * FROM users WHERE id BETWEEN :from AND :to;",
      message: /reads from another table/,
    },
    {
      batch: ORDERS,
      sql: "INSERT INTO a SELECT * FROM orders WHERE id BETWEEN :from AND :to LIMIT 5;",
      message: /leave rows out by its LIMIT/,
    },
    {
      batch: ORDERS,
      sql: "SELECT f(id) FROM orders WHERE id BETWEEN :from AND :to;",
      message: /is neither an UPDATE, a DELETE nor an INSERT/,
    },
    {
      batch: "table=orders key=a,b",
      sql: "UPDATE orders SET c = 1 WHERE (b, a) BETWEEN (:from) AND (:to);",
      message: /is not held to the batch/,
    },
    {
      batch: "table=orders key=a,b",
      sql: "UPDATE orders SET c = 1 WHERE (a, b) BETWEEN :from AND :to;",
      message: /does not parse with the key's columns/,
    },
  ];
  for (const { batch, sql, message } of loose) {
    it(`is refused, with the place and the way out: ${sql}`, () => {
      const fault = target(batch, sql);
      assert.ok(fault instanceof HoldfastError);
      assert.equal(fault.code, "invalid_migration");
      assert.match(fault.message, message);
      assert.equal(fault.details.location?.line, 3);
      assert.match(fault.details.next ?? "", /BETWEEN \(?:from\)? AND \(?:to\)?/);
    });
  }

  it("makes its file faulty before anything runs, also in a preview", () => {
    const text =
      "-- @phase backfill\n-- @batch table=orders key=id\nUPDATE orders SET a = 1 WHERE id > :from OR id < :to;\n";
    assert.deepEqual(
      analysed(parser, text).faults.map(({ code }) => code),
      ["invalid_migration"],
    );
  });

  it("gets typed parameters, and errors find their place in the text as it was written", () => {
    const text = "UPDATE o SET x = ':from' WHERE (a, b) BETWEEN (:from) AND (:to) AND broken";
    const { sql, originalOffset } = batchStatement(text, parser, 2, ["bigint", "text"]);
    assert.equal(
      sql,
      "UPDATE o SET x = ':from' WHERE (a, b) BETWEEN ($1::bigint, $2::text) AND ($3::bigint, $4::text) AND broken",
    );
    for (const word of ["UPDATE", "BETWEEN", "AND broken", "broken"]) {
      assert.equal(originalOffset(sql.indexOf(word)), text.indexOf(word));
    }
    assert.equal(originalOffset(sql.indexOf("$4")), text.indexOf(":to"));
  });
});
