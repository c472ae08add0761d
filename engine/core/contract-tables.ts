/** Where retired tables and copies of deleted rows wait for their purge. Only the owner may use it. */
export const RETIRED_SCHEMA = "holdfast_retired";

/** The engine's private tables about contracts and drift, in the schema `holdfast`; idempotent, in order. */
export const CONTRACT_TABLES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS holdfast.contracts (
    version text PRIMARY KEY,
    checksum text NOT NULL,
    release text NOT NULL,
    approved_by text,
    approval_expires timestamptz,
    ran_at timestamptz NOT NULL,
    purge_due_at timestamptz,
    purged_at timestamptz,
    undone_at timestamptz
  )`,
  `CREATE TABLE IF NOT EXISTS holdfast.retired_objects (
    version text NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL,
    object text NOT NULL,
    facts jsonb NOT NULL,
    PRIMARY KEY (version, position)
  )`,
  `CREATE TABLE IF NOT EXISTS holdfast.fingerprints (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    taken_at timestamptz NOT NULL,
    server_major integer NOT NULL,
    release text NOT NULL,
    objects jsonb NOT NULL
  )`,
];
