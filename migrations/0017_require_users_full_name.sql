-- @phase switch
-- @why   3 of 4: from here on the new release reads and writes full_name
ALTER TABLE users VALIDATE CONSTRAINT users_full_name_required;
ALTER TABLE users ALTER COLUMN full_name SET NOT NULL;

-- @verify
SELECT is_nullable = 'NO' FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'full_name';

-- @rollback
ALTER TABLE users ALTER COLUMN full_name DROP NOT NULL;
