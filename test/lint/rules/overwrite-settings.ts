import type { RuleRows } from "../rule-rows.js";

const SETTINGS =
  "CREATE TABLE settings (id serial PRIMARY KEY, key text UNIQUE, value text, updated_at timestamptz); INSERT INTO settings (key, value) VALUES ('theme', 'dark');";

export const rows: RuleRows = {
  rule: "overwrite-settings",
  unsafe: [
    {
      history: SETTINGS,
      sql: "INSERT INTO settings (key, value) VALUES ('theme', 'light') ON CONFLICT (key) DO UPDATE SET value = excluded.value;",
      says: /overwrites value in settings, whatever somebody set/,
      fix: /ON CONFLICT \(key\) DO NOTHING;/,
    },
    {
      history: SETTINGS,
      sql: "UPDATE settings SET value = 'light', updated_at = now() WHERE key = 'theme';",
      says: /overwrites value in/,
    },
    { history: SETTINGS, sql: "update public.\"settings\" s set (value, key) = ('x', 'y') where s.key = 'theme';" },
    { history: SETTINGS, sql: "DELETE FROM settings WHERE key = 'theme';", says: /deletes settings/ },
    {
      history: SETTINGS,
      sql: "MERGE INTO settings s USING (VALUES ('theme', 'light')) AS v (key, value) ON s.key = v.key WHEN MATCHED THEN UPDATE SET value = v.value;",
    },
    {
      history: SETTINGS,
      sql: "DO $$ BEGIN UPDATE settings SET value = 'off' WHERE key = 'theme'; END $$;",
      says: /DO block/,
    },
    {
      history: SETTINGS,
      sql: "WITH c AS (UPDATE settings SET value = '1' WHERE id = 1 RETURNING id) SELECT * FROM c;",
      manner: "plain",
    },
  ],
  safe: [
    {
      history: SETTINGS,
      sql: "INSERT INTO settings (key, value) VALUES ('theme', 'light') ON CONFLICT (key) DO NOTHING;",
    },
    { history: SETTINGS, sql: "INSERT INTO settings (key, value) VALUES ('colour', 'red');" },
    { history: SETTINGS, sql: "UPDATE settings SET value = 'night' WHERE key = 'theme' AND value = 'dark';" },
    {
      history: SETTINGS,
      sql: "INSERT INTO settings AS s (key, value) VALUES ('theme', 'night') ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE s.value = 'dark';",
    },
    {
      history: SETTINGS,
      sql: "ALTER TABLE settings ADD scope text; UPDATE settings SET scope = 'all' WHERE scope IS NULL;",
    },
    { sql: `${SETTINGS} UPDATE settings SET value = 'light' WHERE key = 'theme';` },
    {
      history: "CREATE TABLE user_settings (id int PRIMARY KEY, v text);",
      sql: "UPDATE user_settings SET v = 'x' WHERE id = 1;",
    },
    { history: SETTINGS, sql: "-- @phase contract\n-- @closes 0001\nDELETE FROM settings WHERE key = 'theme';" },
  ],
};
