-- @phase expand
-- @why   people write to each other, and to the assistant
CREATE TABLE messages (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users (id),
  body       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE chat_logs (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id bigint NOT NULL REFERENCES messages (id),
  reply      text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- @verify
SELECT to_regclass('messages') IS NOT NULL;
SELECT to_regclass('chat_logs') IS NOT NULL;

-- @rollback
DROP TABLE chat_logs;
DROP TABLE messages;
