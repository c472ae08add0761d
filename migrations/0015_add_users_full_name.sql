-- @phase expand
-- @why   1 of 4: users.name becomes full_name; the trigger keeps both equal while two releases write
ALTER TABLE users ADD COLUMN full_name text;
ALTER TABLE users ADD CONSTRAINT users_full_name_required CHECK (full_name IS NOT NULL) NOT VALID;

CREATE FUNCTION users_sync_full_name() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.full_name := coalesce(NEW.full_name, NEW.name);
    NEW.name := coalesce(NEW.name, NEW.full_name);
  ELSIF NEW.name IS DISTINCT FROM OLD.name THEN
    NEW.full_name := NEW.name;
  ELSE
    NEW.full_name := coalesce(NEW.full_name, NEW.name);
    NEW.name := NEW.full_name;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER users_sync_full_name BEFORE INSERT OR UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION users_sync_full_name();

-- @verify
SELECT count(*) = 1 FROM pg_trigger WHERE tgrelid = 'users'::regclass AND tgname = 'users_sync_full_name';

-- @rollback
DROP TRIGGER users_sync_full_name ON users;
DROP FUNCTION users_sync_full_name();
ALTER TABLE users DROP COLUMN full_name;
