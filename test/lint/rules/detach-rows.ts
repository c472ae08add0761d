import type { RuleRows } from "../rule-rows.js";

const EVENTS =
  "CREATE TABLE events (id int, at date) PARTITION BY RANGE (at); CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); INSERT INTO events VALUES (1, '2025-05-05'); CREATE TABLE logs (id int); CREATE TABLE old_logs () INHERITS (logs); INSERT INTO old_logs VALUES (1);";

export const rows: RuleRows = {
  rule: "detach-rows",
  unsafe: [
    {
      history: EVENTS,
      sql: "ALTER TABLE events DETACH PARTITION events_2025;",
      says: /takes the rows of events_2025 out of events: who asks events misses them/,
      fix: /@phase contract/,
    },
    { history: EVENTS, sql: "ALTER TABLE public.events DETACH PARTITION public.events_2025 CONCURRENTLY;" },
    { history: EVENTS, sql: "ALTER TABLE old_logs NO INHERIT logs;", says: /rows of old_logs out of logs/ },
    { history: EVENTS, sql: "DO $$ BEGIN ALTER TABLE events DETACH PARTITION events_2025; END $$;" },
  ],
  safe: [
    {
      history: EVENTS,
      sql: "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); ALTER TABLE events DETACH PARTITION events_2026;",
    },
    { sql: `${EVENTS} ALTER TABLE events DETACH PARTITION events_2025; ALTER TABLE old_logs NO INHERIT logs;` },
    { history: EVENTS, sql: "-- @phase contract\n-- @closes 0001\nALTER TABLE events DETACH PARTITION events_2025;" },
  ],
};
