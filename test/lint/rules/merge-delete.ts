import type { RuleRows } from "../rule-rows.js";

const SHOP =
  "CREATE TABLE users (id int PRIMARY KEY, score int); CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO users VALUES (1, 1), (2, 2); INSERT INTO orders VALUES (1, 1);";

export const rows: RuleRows = {
  rule: "merge-delete",
  unsafe: [
    {
      history: SHOP,
      sql: "MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED THEN DELETE;",
      says: /deletes rows of users by MERGE/,
      fix: /@phase contract/,
    },
    {
      history: SHOP,
      sql: "MERGE INTO users u USING orders o ON u.id = o.id WHEN NOT MATCHED BY SOURCE THEN DELETE;",
      says: /every row that the source does not name/,
    },
    {
      history: SHOP,
      sql: "MERGE INTO users u USING orders o ON u.id = o.id WHEN NOT MATCHED BY SOURCE THEN UPDATE SET score = 0;",
    },
    { history: SHOP, sql: "MERGE INTO users u USING orders o ON o.id = 1 WHEN MATCHED THEN UPDATE SET score = 0;" },
    {
      history: SHOP,
      sql: "DO $$ BEGIN MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED AND o.total = 1 THEN DELETE; END $$;",
    },
    {
      history: SHOP,
      sql: "MERGE INTO users USING (VALUES (1)) AS v (id) ON users.id = v.id WHEN MATCHED THEN DELETE;",
      manner: "plain",
    },
  ],
  safe: [
    {
      history: SHOP,
      sql: "MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED THEN UPDATE SET score = o.total WHEN NOT MATCHED THEN INSERT VALUES (o.id, 1);",
    },
    {
      history: SHOP,
      sql: "MERGE INTO users u USING orders o ON u.id = o.id WHEN NOT MATCHED BY SOURCE AND u.score IS NULL THEN UPDATE SET score = 0;",
    },
    {
      history: SHOP,
      sql: "CREATE TABLE people AS SELECT * FROM users; MERGE INTO people p USING orders o ON p.id = o.id WHEN MATCHED THEN DELETE;",
    },
    {
      history: SHOP,
      sql: "-- @phase contract\n-- @closes 0001\nMERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED THEN DELETE;",
    },
  ],
};
