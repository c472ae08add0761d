-- @phase expand
-- @why   a reply the assistant was unsure of can be shown to a person first
ALTER TABLE chat_logs ADD COLUMN ai_confidence_score double precision DEFAULT NULL;

-- @verify
SELECT count(*) = 1 FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'chat_logs' AND column_name = 'ai_confidence_score';

-- @rollback
ALTER TABLE chat_logs DROP COLUMN ai_confidence_score;
