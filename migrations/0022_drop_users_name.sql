-- @phase contract
-- @why   4 of 4: no living release writes users.name any more
-- @closes 0015
DROP TRIGGER users_sync_full_name ON users;
DROP FUNCTION users_sync_full_name();
ALTER TABLE users DROP CONSTRAINT users_full_name_required;
ALTER TABLE users DROP COLUMN name;

-- @verify
SELECT count(*) = 0 FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'name';

-- @rollback restore the old column is kept until it is purged: holdfast undo brings it back until then
