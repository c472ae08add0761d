-- @phase expand
-- @why   new features reach a part of the people first, and can be switched off at once
CREATE TABLE feature_flags (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key             text NOT NULL UNIQUE,
  description     text NOT NULL DEFAULT '',
  enabled         boolean NOT NULL DEFAULT false,
  rollout_percent smallint NOT NULL DEFAULT 0 CHECK (rollout_percent BETWEEN 0 AND 100),
  updated_at      timestamptz NOT NULL DEFAULT now()
);

INSERT INTO feature_flags (key, description) VALUES ('ai_chat', 'answers written by the assistant');

-- @verify
SELECT count(*) = 1 FROM feature_flags WHERE key = 'ai_chat';

-- @rollback
DROP TABLE feature_flags;
