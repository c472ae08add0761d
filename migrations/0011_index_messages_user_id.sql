-- @phase expand
-- @why   the list of a person's messages is read on each page; built beside the traffic
CREATE INDEX CONCURRENTLY messages_user_id_created_at_idx ON messages (user_id, created_at);

-- @verify
SELECT indisvalid FROM pg_index WHERE indexrelid = 'messages_user_id_created_at_idx'::regclass;

-- @rollback
DROP INDEX CONCURRENTLY messages_user_id_created_at_idx;
