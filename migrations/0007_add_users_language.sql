-- @phase expand
-- @why   pages appear in each person's language
ALTER TABLE users ADD COLUMN language varchar(10) DEFAULT 'en';

-- @verify
SELECT count(*) = 1 FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'language';

-- @rollback
ALTER TABLE users DROP COLUMN language;
