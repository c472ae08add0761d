-- @phase expand
-- @why   1 of 3: messages also come by mail; the release still running writes none, so it gets a default
ALTER TABLE messages ADD COLUMN channel text;
ALTER TABLE messages ALTER COLUMN channel SET DEFAULT 'web';
ALTER TABLE messages ADD CONSTRAINT messages_channel_required CHECK (channel IS NOT NULL) NOT VALID;

-- @verify
SELECT count(*) = 1 FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'messages' AND column_name = 'channel';

-- @rollback
ALTER TABLE messages DROP COLUMN channel;
