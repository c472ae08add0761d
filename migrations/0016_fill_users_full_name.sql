-- @phase backfill
-- @why   2 of 4: the rows written before the trigger
-- @batch table=users key=id
UPDATE users SET full_name = name WHERE full_name IS NULL AND id BETWEEN :from AND :to;

-- @verify
SELECT NOT EXISTS (SELECT FROM users WHERE full_name IS DISTINCT FROM name);

-- @rollback restore full_name goes away with the rollback of its expand
