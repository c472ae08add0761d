-- @phase switch
-- @why   3 of 4: from here on the new release reads and writes amount_exact
ALTER TABLE payments VALIDATE CONSTRAINT payments_amount_exact_required;
ALTER TABLE payments ALTER COLUMN amount_exact SET NOT NULL;

-- @verify
SELECT is_nullable = 'NO' FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'payments' AND column_name = 'amount_exact';

-- @rollback
ALTER TABLE payments ALTER COLUMN amount_exact DROP NOT NULL;
