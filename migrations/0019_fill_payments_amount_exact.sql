-- @phase backfill
-- @why   2 of 4: the rows written before the trigger
-- @batch table=payments key=id
UPDATE payments SET amount_exact = CAST(amount AS numeric) / 100 WHERE amount_exact IS NULL AND id BETWEEN :from AND :to;

-- @verify
SELECT NOT EXISTS (SELECT FROM payments WHERE amount_exact * 100 IS DISTINCT FROM amount);

-- @rollback restore amount_exact goes away with the rollback of its expand
