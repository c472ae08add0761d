import fc from "fast-check";

/** What no rule may lose sight of, wherever it is put. */
const STATEMENTS = fc.constantFrom(
  "DROP TABLE order_items",
  "TRUNCATE documents",
  "DELETE FROM documents",
  "UPDATE users SET balance = 0",
  "ALTER TABLE users DROP COLUMN nickname",
  "ALTER TABLE users RENAME COLUMN nickname TO handle",
  "ALTER TABLE users ALTER COLUMN age TYPE bigint",
  "ALTER TABLE products ALTER COLUMN title SET NOT NULL",
  "CREATE INDEX users_age_idx ON users (age)",
  "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()",
  "ALTER TABLE orders ADD CONSTRAINT c CHECK (quantity >= 0)",
  "ALTER TABLE users DISABLE TRIGGER ALL",
  "DROP FUNCTION order_total(bigint)",
  "REVOKE SELECT ON users FROM shop_app",
);

type Cover = (sql: string, cut: number) => string;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Places to hide a statement in: each runs it. */
const COVERS: readonly Cover[] = [
  (sql) => `DO $$ BEGIN ${sql}; END $$;`,
  (sql) => `DO ${quoted(`BEGIN ${sql}; END`)};`,
  (sql) => `DO LANGUAGE plpgsql $b$ BEGIN IF true THEN ${sql}; ELSE NULL; END IF; END $b$;`,
  (sql) => `DO $$ BEGIN BEGIN ${sql}; EXCEPTION WHEN OTHERS THEN RAISE; END; END $$;`,
  (sql) => `DO $$ BEGIN FOR i IN 1..1 LOOP ${sql}; END LOOP; END $$;`,
  (sql) => `DO $$ BEGIN EXECUTE ${quoted(sql)}; END $$;`,
  (sql, cut) => `DO $$ BEGIN EXECUTE ${quoted(sql.slice(0, cut))} || ${quoted(sql.slice(cut))}; END $$;`,
  (sql, cut) => `DO $$ BEGIN EXECUTE concat(${quoted(sql.slice(0, cut))}, ${quoted(sql.slice(cut))}); END $$;`,
  (sql) => `DO $$ BEGIN EXECUTE format('%s', ${quoted(sql)}); END $$;`,
  (sql) => `DO $$ DECLARE q text := ${quoted(sql)}; BEGIN EXECUTE q; END $$;`,
  (sql) => `CREATE FUNCTION quiet() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${sql}; END $$;\nSELECT quiet();`,
  (sql) =>
    `CREATE FUNCTION quiet() RETURNS int LANGUAGE plpgsql AS $$ BEGIN ${sql}; RETURN 1; END $$;\nSELECT 1 WHERE quiet() = 1;`,
  (sql) => `CREATE PROCEDURE quiet() LANGUAGE plpgsql AS $$ BEGIN ${sql}; END $$;\nCALL quiet();`,
  (sql) =>
    `CREATE FUNCTION quiet() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${sql}; END $$;\nDO $$ BEGIN PERFORM quiet(); END $$;`,
  (sql) => `BEGIN;\n${sql};\nCOMMIT;`,
  (sql) => `SELECT 1;\n/* nothing to see */ ${sql}`,
];

/** A file that runs an unsafe statement somewhere out of sight. */
export const HIDDEN: fc.Arbitrary<string> = fc
  .record({ sql: STATEMENTS, cover: fc.constantFrom(...COVERS), cut: fc.nat() })
  .map(({ sql, cover, cut }) => cover(sql, 1 + (cut % (sql.length - 1))));
