import type { RuleRows } from "../rule-rows.js";

const APP = "CREATE SCHEMA app; CREATE TABLE app.orders (id int);";

export const rows: RuleRows = {
  rule: "rename-schema",
  unsafe: [
    { history: APP, sql: "ALTER SCHEMA app RENAME TO shop;", says: /renames schema app/, fix: /CREATE SCHEMA shop;/ },
    { history: 'CREATE SCHEMA "App";', sql: 'alter schema "App" rename to "Shop";', fix: /CREATE SCHEMA "Shop"/ },
    { history: APP, sql: "DO $$ BEGIN ALTER SCHEMA app RENAME TO shop; END $$;" },
    { history: APP, sql: "ALTER SCHEMA app RENAME TO shop;", manner: "plain" },
  ],
  safe: [
    { sql: `${APP} ALTER SCHEMA app RENAME TO shop;` },
    { history: APP, sql: "-- @phase contract\n-- @closes 0001\nALTER SCHEMA app RENAME TO shop;" },
    { history: APP, sql: "CREATE SCHEMA shop;" },
  ],
};
