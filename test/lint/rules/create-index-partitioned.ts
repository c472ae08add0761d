import type { RuleRows } from "../rule-rows.js";

const EVENTS = `CREATE TABLE events (id int, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE "events 2026" PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`;

export const rows: RuleRows = {
  rule: "create-index-partitioned",
  unsafe: [
    {
      history: EVENTS,
      sql: "CREATE INDEX events_kind ON events (kind);",
      says: /every partition of events while their writes wait/,
      fix: /INDEX events_kind ON ONLY events \(kind\);[^]*CONCURRENTLY events_2025_kind_idx ON events_2025 \(kind\);[^]*ON "events 2026"[^]*ALTER INDEX events_kind ATTACH PARTITION events_2025_kind_idx;/,
    },
    {
      history: EVENTS,
      sql: "CREATE INDEX CONCURRENTLY ON public.events (kind);",
      says: /fails: events is partitioned/,
    },
    {
      history: EVENTS,
      sql: "create unique index on events using btree (at, id);",
      fix: /CREATE UNIQUE INDEX events_at_id_idx ON ONLY events using btree \(at, id\)/,
    },
    { history: EVENTS, sql: "DO $$ BEGIN CREATE INDEX ON events (kind); END $$;" },
  ],
  safe: [
    { history: EVENTS, sql: "CREATE INDEX events_kind ON ONLY events (kind);" },
    { history: EVENTS, sql: "CREATE INDEX CONCURRENTLY ON events_2025 (kind);" },
    { sql: `${EVENTS} CREATE INDEX ON events (kind);` },
    {
      history: [
        EVENTS,
        "CREATE INDEX events_kind ON ONLY events (kind);",
        "CREATE INDEX CONCURRENTLY events_2025_kind ON events_2025 (kind);",
      ],
      sql: "ALTER INDEX events_kind ATTACH PARTITION events_2025_kind;",
    },
  ],
};
