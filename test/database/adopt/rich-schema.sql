CREATE SCHEMA billing;
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE TYPE billing.point AS (x int, y int);
CREATE DOMAIN billing.email AS text CHECK (VALUE ~ '@');
CREATE SEQUENCE billing.numbers INCREMENT BY 5 START WITH 10;

CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email billing.email NOT NULL UNIQUE,
  "Full Name" text DEFAULT E'a\\b\n\\restrict',
  mood mood NOT NULL DEFAULT 'happy',
  place billing.point,
  lower_email text GENERATED ALWAYS AS (lower(email)) STORED,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE users IS 'Everybody
\restrict is no command here
-- @phase nor is this a tag';
COMMENT ON COLUMN users.email IS '-- @rollback';
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_row ON users USING (email = current_setting('app.email', true));

CREATE TABLE orders (
  id bigserial,
  user_id bigint REFERENCES users ON DELETE CASCADE,
  at date NOT NULL,
  total numeric(12, 2) CHECK (total >= 0),
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
CREATE INDEX orders_total ON orders (total) WHERE total > 100;
CREATE INDEX users_lower ON users ((lower("Full Name")) text_pattern_ops) INCLUDE (id);
ALTER TABLE users ADD CONSTRAINT has_name CHECK ("Full Name" <> '') NOT VALID;
CREATE STATISTICS users_statistics (dependencies) ON email, mood FROM users;

CREATE VIEW happy AS SELECT id, email FROM users WHERE mood = 'happy';
CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id WITH NO DATA;
CREATE UNIQUE INDEX totals_user ON totals (user_id);

SET check_function_bodies = off;
CREATE FUNCTION count_later() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM zebra';
CREATE FUNCTION atomic(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a + 1; END;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  -- @verify is a comment of the function
  NEW."Full Name" := '\restrict';
  RETURN NEW;
END $body$;
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW WHEN (OLD.mood IS DISTINCT FROM NEW.mood) EXECUTE FUNCTION touch();
CREATE TABLE zebra (id int);
CREATE UNLOGGED TABLE scratch (id int) WITH (fillfactor = 70);
