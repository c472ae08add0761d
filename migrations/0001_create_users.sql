-- @phase expand
-- @why   people sign in; everything else belongs to one of them
CREATE TABLE users (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email      text NOT NULL UNIQUE,
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- @verify
SELECT to_regclass('users') IS NOT NULL;

-- @rollback
DROP TABLE users;
