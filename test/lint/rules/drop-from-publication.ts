import type { RuleRows } from "../rule-rows.js";

const PUBLISHED =
  "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY); CREATE PUBLICATION news FOR TABLE users, orders;";

export const rows: RuleRows = {
  rule: "drop-from-publication",
  unsafe: [
    {
      history: PUBLISHED,
      sql: "ALTER PUBLICATION news DROP TABLE users;",
      says: /takes users out of publication news: subscribers get no further rows/,
      fix: /@phase contract/,
    },
    {
      history: PUBLISHED,
      sql: "ALTER PUBLICATION news SET TABLE users;",
      says: /sets publication news to users/,
      fix: /ADD TABLE users/,
    },
    { history: PUBLISHED, sql: "drop publication if exists news", says: /publication news/ },
    { history: PUBLISHED, sql: "DO $$ BEGIN ALTER PUBLICATION news DROP TABLE users; END $$;", manner: "plain" },
  ],
  safe: [
    {
      history: `${PUBLISHED} CREATE TABLE items (id int PRIMARY KEY);`,
      sql: "ALTER PUBLICATION news ADD TABLE items;",
    },
    { history: PUBLISHED, sql: "-- @phase contract\n-- @closes 0001\nALTER PUBLICATION news DROP TABLE users;" },
  ],
};
