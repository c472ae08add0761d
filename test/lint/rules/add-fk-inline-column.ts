import type { RuleRows } from "../rule-rows.js";

const SHOP =
  "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, user_id int); INSERT INTO users VALUES (0);";

export const rows: RuleRows = {
  rule: "add-fk-inline-column",
  unsafe: [
    {
      history: SHOP,
      sql: "ALTER TABLE orders ADD COLUMN seller int DEFAULT 0 REFERENCES users (id) ON DELETE SET DEFAULT;",
      says: /adds orders\.seller with a default and a foreign key: every row is looked up in users/,
      fix: /ADD CONSTRAINT orders_seller_fkey FOREIGN KEY \(seller\) REFERENCES users \(id\) ON DELETE SET DEFAULT NOT VALID;\n.*\n.*VALIDATE CONSTRAINT orders_seller_fkey;/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE orders ADD a int REFERENCES users, ADD b int REFERENCES users DEFAULT 0;",
      says: /orders\.b/,
    },
    {
      history: SHOP,
      sql: "ALTER TABLE orders ADD a int DEFAULT NULL CONSTRAINT one REFERENCES users;",
      fix: /ADD COLUMN a int DEFAULT NULL;\nALTER TABLE orders ADD CONSTRAINT one FOREIGN KEY/,
    },
    {
      history: SHOP,
      sql: "DO $$ BEGIN ALTER TABLE orders ADD a int DEFAULT 0 REFERENCES users; END $$;",
      says: /in the DO block/,
    },
    { history: SHOP, sql: "ALTER TABLE orders ADD a int NOT NULL DEFAULT 0 REFERENCES users;", manner: "plain" },
  ],
  safe: [
    { history: SHOP, sql: "ALTER TABLE orders ADD seller int REFERENCES users ON DELETE CASCADE;" },
    { history: SHOP, sql: "ALTER TABLE orders ADD seller int CONSTRAINT s REFERENCES users, ADD n int DEFAULT 3;" },
    { history: SHOP, sql: "ALTER TABLE orders ADD a int DEFAULT 0 REFERENCES users NOT ENFORCED;", server: 18 },
    { history: SHOP, sql: "CREATE TABLE lines (id int); ALTER TABLE lines ADD a int DEFAULT 0 REFERENCES users;" },
    { history: SHOP, sql: "ALTER TABLE orders ADD IF NOT EXISTS user_id int DEFAULT 0 REFERENCES users;" },
  ],
};
