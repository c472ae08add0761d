-- @phase expand
-- @why   what a loan is for, and how many days late a payment came
ALTER TABLE loans ADD COLUMN purpose varchar(50);
ALTER TABLE payments ADD COLUMN days_late integer DEFAULT 0;

-- @verify
SELECT count(*) = 2 FROM information_schema.columns
WHERE table_schema = 'public' AND (table_name, column_name) IN (('loans', 'purpose'), ('payments', 'days_late'));

-- @rollback
ALTER TABLE payments DROP COLUMN days_late;
ALTER TABLE loans DROP COLUMN purpose;
