/**
 * What RDS for PostgreSQL lets members of rds_superuser create, as far as it comes with PostgreSQL itself (AWS, "Extension
 * versions for Amazon RDS for PostgreSQL"). There it runs as the superuser that nobody else can be.
 */
const OFFERED: ReadonlySet<string> = new Set([
  ...["amcheck", "autoinc", "bloom", "bool_plperl", "btree_gin", "btree_gist", "citext", "cube", "dblink", "dict_int"],
  ...[
    "dict_xsyn",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "hstore_plperl",
    "insert_username",
    "intagg",
    "intarray",
  ],
  ...["isn", "jsonb_plperl", "lo", "ltree", "moddatetime", "pageinspect", "pg_buffercache", "pg_freespacemap"],
  ...["pg_prewarm", "pg_stat_statements", "pg_trgm", "pg_visibility", "pg_walinspect", "pgcrypto", "pgrowlocks"],
  ...["pgstattuple", "plperl", "plpgsql", "pltcl", "postgres_fdw", "refint", "seg", "sslinfo", "tablefunc", "tcn"],
  ...["tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp"],
]);

/** Whether RDS runs CREATE, ALTER and DROP EXTENSION of it for a user who is no superuser. */
export function isOfferedByRds(extension: string): boolean {
  return OFFERED.has(extension);
}
