import type { RuleRows } from "../rule-rows.js";

const EVENTS = "CREATE TABLE events (id int); CREATE UNLOGGED TABLE cache (id int);";

export const rows: RuleRows = {
  rule: "set-unlogged",
  unsafe: [
    {
      history: EVENTS,
      sql: "ALTER TABLE events SET UNLOGGED;",
      says: /takes events out of the log: after a crash it is empty/,
      fix: /CREATE UNLOGGED TABLE events_new \(LIKE events INCLUDING ALL\)/,
    },
    { history: EVENTS, sql: "alter table if exists cache set logged;", says: /writes cache anew and into the log/ },
    { history: EVENTS, sql: "DO $$ BEGIN ALTER TABLE events SET UNLOGGED; END $$;", says: /DO block/ },
    { history: EVENTS, sql: "ALTER TABLE events SET UNLOGGED;", manner: "plain" },
  ],
  safe: [
    { history: EVENTS, sql: "CREATE UNLOGGED TABLE pile (id int); ALTER TABLE pile SET LOGGED;" },
    { sql: `${EVENTS} ALTER TABLE events SET UNLOGGED;` },
    { history: EVENTS, sql: "ALTER TABLE events SET (fillfactor = 90);" },
  ],
};
