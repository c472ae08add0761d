-- @phase backfill
-- @why   2 of 3: all messages so far came from the web
-- @batch table=messages key=id
UPDATE messages SET channel = 'web' WHERE channel IS NULL AND id BETWEEN :from AND :to;

-- @verify
SELECT NOT EXISTS (SELECT FROM messages WHERE channel IS NULL);

-- @rollback restore the rows that had no channel are not remembered, and none needs to be without again
