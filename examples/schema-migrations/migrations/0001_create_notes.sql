-- @phase expand
-- @why   people write notes
CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  body text NOT NULL
);

-- @verify
SELECT to_regclass('public.notes') IS NOT NULL;

-- @rollback
DROP TABLE notes;
