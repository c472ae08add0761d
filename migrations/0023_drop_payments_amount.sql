-- @phase contract
-- @why   4 of 4: no living release writes payments.amount any more
-- @closes 0018
DROP TRIGGER payments_sync_amount ON payments;
DROP FUNCTION payments_sync_amount();
ALTER TABLE payments DROP CONSTRAINT payments_amount_exact_required;
ALTER TABLE payments DROP COLUMN amount;

-- @verify
SELECT count(*) = 0 FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'payments' AND column_name = 'amount';

-- @rollback restore the old column is kept until it is purged: holdfast undo brings it back until then
