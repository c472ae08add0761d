-- @phase expand
-- @why   new settings get a default; a value somebody already set stays
INSERT INTO settings (key, value) VALUES
  ('site.name', 'Holdfast'),
  ('site.language', 'en'),
  ('uploads.max_bytes', '10485760')
ON CONFLICT (key) DO NOTHING;

-- @verify
SELECT count(*) = 3 FROM settings WHERE key IN ('site.name', 'site.language', 'uploads.max_bytes');

-- @rollback restore a setting may have been changed by hand since, and deleting it would lose that
