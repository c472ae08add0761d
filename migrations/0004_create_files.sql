-- @phase expand
-- @why   uploads live in external storage; the database keeps their URL only
CREATE TABLE files (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users (id),
  url        text NOT NULL CHECK (url LIKE 'https://%'),
  media_type text NOT NULL,
  size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- @verify
SELECT to_regclass('files') IS NOT NULL;

-- @rollback
DROP TABLE files;
