-- @phase switch
-- @why   3 of 3: the validated CHECK proves it, so NOT NULL needs no scan under its lock
ALTER TABLE messages VALIDATE CONSTRAINT messages_channel_required;
ALTER TABLE messages ALTER COLUMN channel SET NOT NULL;

-- @verify
SELECT is_nullable = 'NO' FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'messages' AND column_name = 'channel';

-- @rollback
ALTER TABLE messages ALTER COLUMN channel DROP NOT NULL;
