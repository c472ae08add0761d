import { ENGINE_SCHEMA, ENVIRONMENT_KEY } from "../../core/engine-tables.js";

/**
 * One statement, on one line, that makes a restored database belong to `environment`: the marker of the one it was copied
 * from would stop every deploy to it. The schema of the settings table is configurable, so it is looked for.
 */
export function markEnvironmentEverywhere(environment: string): string {
  const [key, value] = [literal(ENVIRONMENT_KEY), literal(environment)];
  return `DO $mark$
    DECLARE place text;
    BEGIN
      FOR place IN
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'settings' AND c.relkind = 'r'
          AND 2 = (SELECT count(*) FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attname IN ('key', 'value')
                     AND a.atttypid IN ('text'::regtype, 'varchar'::regtype))
      LOOP
        EXECUTE 'UPDATE ' || place || ' SET value = $1 WHERE key = $2' USING ${value}::text, ${key}::text;
      END LOOP;
    END $mark$`.replace(/\s*\n\s*/g, " ");
}

/**
 * One statement, on one line: the run that took the backup goes on in the original; in the copy it is over, and no later
 * run there continues it.
 */
export function endOpenRuns(): string {
  return `DO $runs$
    BEGIN
      IF to_regclass('${ENGINE_SCHEMA}.runs') IS NOT NULL THEN
        UPDATE ${ENGINE_SCHEMA}.runs SET finished_at = now() WHERE finished_at IS NULL;
      END IF;
    END $runs$`.replace(/\s*\n\s*/g, " ");
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
