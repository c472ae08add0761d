import { ENGINE_SCHEMA, ENVIRONMENT_KEY, LAYOUT, PUBLIC_TABLES, RETIRED_SCHEMA } from "../core/engine-tables.js";
import type { StartKeeper } from "../core/file-start.js";
import type { MigrationState } from "../core/migration.js";
import {
  ServerError,
  type DatabaseState,
  type HistoryStore,
  type NewRun,
  type PipelineStep,
  type RecordedMigration,
  type RunRecord,
  type Session,
} from "../core/ports.js";
import { markStart, startOf, tellsPosition, type StartColumns } from "./history/file-start.js";
import { makeTables } from "./history/make-tables.js";
import { arrayLiteral, findPlaces, isComplete, usualPlaces } from "./history/place-tables.js";
import { isElsewhere, stateOf, stateQuery } from "./history/read-state.js";

/** undefined_table, undefined_column, insufficient_privilege: the tables are not as they usually are. */
const NOT_AS_USUAL = new Set(["42P01", "42703", "42501"]);

/** @param schema the configured one; each table lives there unless its name is taken */
export function pgHistoryStore(schema = "public"): HistoryStore {
  return new PgHistoryStore(schema);
}

class PgHistoryStore implements HistoryStore {
  private places;
  /** Known once the tables are ensured: before that nothing is run. */
  private hasPosition = false;

  constructor(private readonly configured: string) {
    this.places = usualPlaces(configured);
  }

  get schema(): string {
    return this.places.tables.schema_migrations.schema;
  }

  /** One statement where the tables are all there; else the catalog is looked at in between. */
  async load(session: Session): Promise<DatabaseState> {
    // What was missing the last time may have been made since, by another deploy.
    if (!isComplete(this.places)) this.places = usualPlaces(this.configured);
    try {
      const [row = {}] = await session.query(stateQuery(this.places));
      if (!isElsewhere(row, this.places)) return stateOf(row, this.places);
    } catch (error) {
      if (!(error instanceof ServerError) || !NOT_AS_USUAL.has(error.sqlState)) throw error;
    }
    this.places = await findPlaces(session, this.configured);
    return this.read(session);
  }

  async ensure(session: Session): Promise<void> {
    this.places = await findPlaces(session, this.configured);
    this.hasPosition = await tellsPosition(session);
    if (isComplete(this.places) && this.places.layout === LAYOUT) return;
    await makeTables(session, this.places, "The role");
    this.places = await findPlaces(session, this.configured);
  }

  markStart(keeper: StartKeeper): PipelineStep[] {
    return this.hasPosition ? [markStart(keeper)] : [];
  }

  record(row: RecordedMigration): PipelineStep {
    const { migration, state, release, durationMs, heldReason = null, dueAt = null, noBackupBecause, backupId } = row;
    return {
      sql: this.recordSql(startOf(row.start, this.hasPosition)),
      values: [
        migration.version,
        migration.description,
        state,
        migration.checksum,
        migration.phase,
        migration.closes ?? null,
        release,
        durationMs === undefined ? null : String(Math.round(durationMs)),
        heldReason,
        dueAt?.toISOString() ?? null,
        noBackupBecause ?? null,
        migration.text,
        backupId ?? null,
      ],
    };
  }

  /** What a first run leaves stays: the release and instant of a row that has run. One that only started, or was held, runs now. */
  private recordSql({ duration, startedAt, startedLsn }: StartColumns): string {
    const { name } = this.places.tables.schema_migrations;
    return `INSERT INTO ${name} AS h
        (version, description, state, checksum, phase, closes, release, duration_ms, held_reason, due_at, no_backup_because, file_text, applied_at,
          started_at, started_lsn, backup_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8::bigint, ${duration}), $9, $10::timestamptz, $11, $12, ${whenRun("$3")},
          ${startedAt}, ${startedLsn}, $13)
      ON CONFLICT (version) DO UPDATE SET
        state = excluded.state, checksum = excluded.checksum, phase = excluded.phase, closes = excluded.closes,
        release = CASE WHEN h.state IN ${HAS_RUN} THEN h.release ELSE excluded.release END,
        applied_at = CASE WHEN h.state IN ${HAS_RUN} THEN h.applied_at ELSE excluded.applied_at END,
        duration_ms = coalesce(excluded.duration_ms, h.duration_ms), held_reason = excluded.held_reason,
        due_at = excluded.due_at, file_text = excluded.file_text, no_backup_because = coalesce(excluded.no_backup_because, h.no_backup_because),
        started_at = ${fromStart("started_at")}, started_lsn = ${fromStart("started_lsn")}, backup_id = ${fromStart("backup_id")}`;
  }

  setState(version: string, state: MigrationState, extra: Partial<RecordedMigration> = {}): PipelineStep {
    const changes: string[] = ["state = $2", `applied_at = coalesce(applied_at, ${whenRun("$2")})`];
    const values: (string | null)[] = [version, state];
    const change = (column: string, type: string, value: string | null): void => {
      values.push(value);
      changes.push(`${column} = $${values.length}::${type}`);
    };
    if (extra.durationMs !== undefined) change("duration_ms", "bigint", String(Math.round(extra.durationMs)));
    if (extra.heldReason !== undefined) change("held_reason", "text", extra.heldReason);
    if (extra.dueAt !== undefined) change("due_at", "timestamptz", extra.dueAt?.toISOString() ?? null);
    if (extra.release !== undefined) change("release", "text", extra.release);
    if (extra.migration !== undefined) {
      change("checksum", "text", extra.migration.checksum);
      change("file_text", "text", extra.migration.text);
    }
    return {
      sql: `UPDATE ${this.places.tables.schema_migrations.name} SET ${changes.join(", ")} WHERE version = $1`,
      values,
    };
  }

  markVerified(version: string): PipelineStep {
    const state = "CASE WHEN due_at IS NULL THEN 'applied' ELSE 'retired' END";
    return {
      sql: `UPDATE ${this.places.tables.schema_migrations.name} SET state = ${state} WHERE version = $1`,
      values: [version],
    };
  }

  async readText(session: Session, version: string): Promise<string | null> {
    const { name } = this.places.tables.schema_migrations;
    const [row] = await session.query(`SELECT file_text FROM ${name} WHERE version = $1`, [version]);
    return row?.["file_text"] ?? null;
  }

  recordRelease(release: string, commit?: string): PipelineStep {
    return {
      sql: `INSERT INTO ${this.places.tables.system_versions.name} (version, applied_at, commit) VALUES ($1, clock_timestamp(), $2)`,
      values: [release, commit ?? null],
    };
  }

  markEnvironment(environment: string): PipelineStep {
    return {
      // Not ON CONFLICT: an application's own settings table may have no unique key.
      sql: `WITH changed AS (UPDATE ${this.places.tables.settings.name} SET value = $2, updated_at = now() WHERE key = $1 RETURNING key)
        INSERT INTO ${this.places.tables.settings.name} (key, value, updated_at)
        SELECT $1, $2, now() WHERE NOT EXISTS (SELECT FROM changed)`,
      values: [ENVIRONMENT_KEY, environment],
    };
  }

  async listUserTables(session: Session, limit: number): Promise<string[]> {
    const { tables } = this.places;
    const own = PUBLIC_TABLES.map((table) => `${tables[table].schema}.${table}`);
    const rows = await session.query(USER_TABLES, [
      arrayLiteral([ENGINE_SCHEMA, RETIRED_SCHEMA]),
      arrayLiteral(own),
      String(limit),
    ]);
    return rows.map(({ name }) => name ?? "");
  }

  async startRun(session: Session, run: NewRun): Promise<RunRecord> {
    const [row] = await session.query(
      `INSERT INTO ${RUNS} (release, is_empty_start, commit, no_backup_because) VALUES ($1, $2::boolean, $3, $4) RETURNING id, date_part('epoch', started_at) * 1000 AS started_at`,
      [run.release, String(run.isEmptyStart), run.commit ?? null, run.noBackupBecause ?? null],
    );
    const startedAt = new Date(Number(row?.["started_at"]));
    return { id: row?.["id"] ?? "", release: run.release, isEmptyStart: run.isEmptyStart, startedAt };
  }

  finishRun({ id }: RunRecord): PipelineStep {
    return { sql: `UPDATE ${RUNS} SET finished_at = clock_timestamp() WHERE id = $1::bigint`, values: [id] };
  }

  private async read(session: Session): Promise<DatabaseState> {
    const [row = {}] = await session.query(stateQuery(this.places));
    return stateOf(row, this.places);
  }
}

const RUNS = `${ENGINE_SCHEMA}.runs`;
const HAS_RUN = "('applied', 'unverified', 'retired')";

/** The instant to be written where the state says that it has run. */
function whenRun(state: string): string {
  return `CASE WHEN ${state} IN ${HAS_RUN} THEN clock_timestamp() END`;
}

/** A file that only goes on keeps where it began; one that begins anew, after it was held or rolled back, begins there. */
function fromStart(column: string): string {
  return `CASE WHEN h.state IN ${HAS_RUN} OR excluded.started_at IS NULL THEN h.${column} ELSE excluded.${column} END`;
}

const USER_TABLES = `
  SELECT n.nspname || '.' || c.relname AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
    AND n.nspname <> ALL ($1::text[]) AND n.nspname || '.' || c.relname <> ALL ($2::text[])
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY name LIMIT $3::int`;
