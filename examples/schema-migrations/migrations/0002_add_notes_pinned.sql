-- @phase expand
-- @why   important notes stay on top
ALTER TABLE notes ADD COLUMN pinned boolean NOT NULL DEFAULT false;

-- @verify
SELECT count(*) = 1 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'notes' AND column_name = 'pinned';

-- @rollback
ALTER TABLE notes DROP COLUMN pinned;
