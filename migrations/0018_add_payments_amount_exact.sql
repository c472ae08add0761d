-- @phase expand
-- @why   1 of 4: payments.amount changes from whole cents to numeric; the trigger keeps both equal
ALTER TABLE payments ADD COLUMN amount_exact numeric(14, 2);
ALTER TABLE payments ADD CONSTRAINT payments_amount_exact_required CHECK (amount_exact IS NOT NULL) NOT VALID;

CREATE FUNCTION payments_sync_amount() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.amount_exact := coalesce(NEW.amount_exact, NEW.amount / 100.0);
    NEW.amount := coalesce(NEW.amount, NEW.amount_exact * 100);
  ELSIF NEW.amount IS DISTINCT FROM OLD.amount THEN
    NEW.amount_exact := NEW.amount / 100.0;
  ELSE
    NEW.amount_exact := coalesce(NEW.amount_exact, NEW.amount / 100.0);
    NEW.amount := NEW.amount_exact * 100;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER payments_sync_amount BEFORE INSERT OR UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION payments_sync_amount();

-- @verify
SELECT count(*) = 1 FROM pg_trigger WHERE tgrelid = 'payments'::regclass AND tgname = 'payments_sync_amount';

-- @rollback
DROP TRIGGER payments_sync_amount ON payments;
DROP FUNCTION payments_sync_amount();
ALTER TABLE payments DROP COLUMN amount_exact;
