import { retiredName, type ColumnFacts } from "../../core/retired-object.js";
import { ServerError, type Row, type Session } from "../../core/ports.js";
import { dottedName, quoteIdentifier } from "../../core/quote-identifier.js";
import { findDependents, goneId } from "./dependents.js";
import { constraintsOfColumn, dropConstraint, isTrue, type ReadConstraint } from "./read-constraints.js";
import { resolveKeys } from "./resolve-keys.js";
import type { Resolution, Resolved } from "./resolved.js";

const COLUMN = `
SELECT c.oid, n.nspname AS schema, c.relname AS table, a.attnum AS attribute, a.attnotnull AS required,
  a.atthasdef OR a.attidentity <> '' AS has_default,
  a.attidentity <> '' OR coalesce(pg_get_expr(f.adbin, f.adrelid) ~ '^(nextval|gen_random_uuid|uuidv7|uuid_generate_v[14])\\(', false) AS numbered,
  a.attinhcount > 0 OR c.relispartition AS inherited,
  CASE WHEN t.typtype = 'd' THEN format_type(a.atttypid, a.atttypmod) END AS domain, t.typdefault IS NOT NULL AS type_default,
  EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partrelid = c.oid
    AND (a.attnum = ANY (p.partattrs::int2[]) OR p.partexprs IS NOT NULL AND EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refobjid = c.oid AND d.refobjsubid = a.attnum))) AS partition_key,
  (SELECT string_agg(DISTINCT pubname::text, ', ') FROM pg_publication_tables u
    WHERE u.schemaname = n.nspname AND u.tablename = c.relname) AS publications
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
WHERE c.oid = to_regclass($1) AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped`;

/** Renames the column instead of dropping it, and lets go of what would bind writers that no longer know it. */
export async function resolveColumn(input: Resolution<"retire-column">): Promise<Resolved> {
  const { session, action, version, position } = input;
  const [row] = await session.query(COLUMN, [action.table, action.column]);
  if (row === undefined) return resolveMissing(input);
  await refuseWhatBinds(row, input);
  const table = dottedName([row["schema"] ?? "", row["table"] ?? ""]);
  const hasDefault = isTrue(row["has_default"]);
  const wasRequired = isTrue(row["required"]) && !hasDefault;
  if (!hasDefault && row["domain"] != null && !isTrue(row["type_default"]))
    await refuseStrictDomain(session, row["domain"], input);
  const all = await constraintsOfColumn(session, row["oid"] ?? "", row["attribute"] ?? "");
  const constraints = all.filter((one) => !isGone(one, input) && bindsWriters(one, hasDefault));
  for (const { oid } of constraints) input.gone.add(goneId("pg_constraint", oid));
  // A number of its own for each row breaks no key, whoever writes.
  const keys = isTrue(row["numbered"]) ? [] : await resolveKeys(input, row["oid"] ?? "", row["attribute"] ?? "");
  const retired = retiredName(version, position, action.column);
  const relax = wasRequired
    ? [`ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(action.column)} DROP NOT NULL`]
    : [];
  const rename = `ALTER TABLE ${table} RENAME COLUMN ${quoteIdentifier(action.column)} TO ${quoteIdentifier(retired)}`;
  const facts: ColumnFacts = {
    ...{
      schema: row["schema"] ?? "",
      table: row["table"] ?? "",
      column: action.column,
      retired,
      wasRequired,
      snapshot: "",
    },
    constraints: constraints.map(({ facts: one }) => one),
  };
  return {
    action,
    effects: [...keys.map(({ drop }) => drop), ...constraints.map(dropConstraint), ...relax, rename].map((sql) => ({
      sql,
    })),
    objects: [
      ...keys.map(({ object }, index) => ({ ...object, position: position + index })),
      {
        position: position + keys.length,
        kind: "column",
        object: `${facts.schema}.${facts.table}.${facts.column}`,
        facts,
      },
    ],
    locks: [table, ...constraints.flatMap(({ pointsTo }) => pointsTo ?? [])],
    notes:
      row["publications"] == null
        ? []
        : [`${table} is published by ${row["publications"]}: subscribers see the column under its new name ${retired}`],
  };
}

/** Absent: IF EXISTS does nothing; else the statement itself makes the server's own error. */
function resolveMissing({ action }: Resolution<"retire-column">): Resolved {
  return { action, effects: action.ifExists ? [] : [{ sql: action.sql }], objects: [], locks: [], notes: [] };
}

async function refuseWhatBinds(
  row: Row,
  { session, action, gone, refuse }: Resolution<"retire-column">,
): Promise<void> {
  const column = `${action.table}.${quoteIdentifier(action.column)}`;
  if (isTrue(row["partition_key"])) {
    throw refuse(
      `drops ${column}, which is part of the partition key`,
      "PostgreSQL drops no such column: make a table with another partition key, fill it, switch to it, then drop this table.",
    );
  }
  if (isTrue(row["inherited"])) throw refuse(`drops ${column}, which is inherited`, "Drop it from the parent table.");
  const dependents = await findDependents(session, row["oid"] ?? "", row["attribute"] ?? "", gone);
  if (dependents.length === 0) return;
  const names = dependents.map(({ name }) => name).join(", ");
  throw refuse(
    `drops ${column}, on which depends: ${names}`,
    `Drop what depends on it in the same file, before it: ${names}.`,
  );
}

/** A type that forbids NULL would make every new row fail. */
async function refuseStrictDomain(
  session: Session,
  domain: string,
  { action, refuse }: Resolution<"retire-column">,
): Promise<void> {
  try {
    await session.query(`SELECT CAST(NULL AS ${domain})`);
  } catch (error) {
    if (!(error instanceof ServerError) || !error.sqlState.startsWith("23")) throw error;
    throw refuse(
      `drops ${action.table}.${quoteIdentifier(action.column)}, whose type ${domain} forbids NULL`,
      "Give the column a default in an earlier file, so that rows without it can still be written.",
    );
  }
}

/** A foreign key would bind the table it points to, a CHECK over several columns the other ones; a CHECK of its own binds where no default fills it. */
function bindsWriters({ facts: { type }, width }: ReadConstraint, hasDefault: boolean): boolean {
  return type === "f" || width > 1 || !hasDefault;
}

function isGone({ oid }: ReadConstraint, { gone }: Resolution<"retire-column">): boolean {
  return gone.has(goneId("pg_constraint", oid));
}
