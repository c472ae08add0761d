-- @phase expand
-- @why   people who forgot their password get a link that expires
ALTER TABLE users
  ADD COLUMN reset_token varchar(100),
  ADD COLUMN reset_token_expires timestamptz;

-- @verify
SELECT count(*) = 2 FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'users' AND column_name IN ('reset_token', 'reset_token_expires');

-- @rollback
ALTER TABLE users DROP COLUMN reset_token_expires, DROP COLUMN reset_token;
