-- @phase contract
-- @why   the column is NOT NULL now; the CHECK only helped to get there
-- @closes 0012
ALTER TABLE messages DROP CONSTRAINT messages_channel_required;

-- @verify
SELECT count(*) = 0 FROM pg_constraint WHERE conrelid = 'messages'::regclass AND conname = 'messages_channel_required';

-- @rollback
ALTER TABLE messages ADD CONSTRAINT messages_channel_required CHECK (channel IS NOT NULL) NOT VALID;
