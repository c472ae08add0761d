import type { RuleRows } from "../rule-rows.js";

const SHOP = "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, user_id int);";

export const rows: RuleRows = {
  rule: "cascade-fk",
  unproven: "what a later DELETE takes with it is what the constraint is for",
  unsafe: [
    {
      history: SHOP,
      sql: "ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE NOT VALID;",
      says: /lets each later DELETE from users delete rows of orders/,
    },
    { history: SHOP, sql: "ALTER TABLE orders ADD buyer int REFERENCES users (id) ON DELETE CASCADE;" },
  ],
  safe: [
    {
      history: SHOP,
      sql: "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL NOT VALID;",
    },
    { history: SHOP, sql: "CREATE TABLE notes (user_id int REFERENCES users ON DELETE CASCADE);" },
    {
      history: SHOP,
      sql: "CREATE TABLE notes (user_id int); ALTER TABLE notes ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE;",
    },
  ],
};
