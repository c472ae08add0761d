-- @phase expand
-- @why   a loan is paid back in payments; amounts are whole cents
CREATE TABLE loans (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users (id),
  principal  integer NOT NULL CHECK (principal > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE payments (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  loan_id bigint NOT NULL REFERENCES loans (id),
  amount  integer NOT NULL,
  paid_at timestamptz NOT NULL DEFAULT now()
);

-- @verify
SELECT to_regclass('loans') IS NOT NULL;
SELECT to_regclass('payments') IS NOT NULL;

-- @rollback
DROP TABLE payments;
DROP TABLE loans;
