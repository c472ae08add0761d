import { asText, fieldsOf } from "../../core/ast.js";
import { HoldfastError } from "../../core/errors.js";
import { indexDefinition } from "../../core/index-statement.js";
import type { RunContext, Session } from "../../core/ports.js";
import { relationName } from "../../core/sql-names.js";
import { dropIndexConcurrently } from "./drop-index.js";
import type { OutsideBehaviour, OutsideStatement } from "./outside-statement.js";

/**
 * CREATE INDEX CONCURRENTLY. Cut off, it leaves an INVALID index that every write still pays for (manual, "Building Indexes
 * Concurrently"). It is found by its name; without one, by its definition among the indexes that are new.
 */
export const createIndex: OutsideBehaviour = {
  async observe({ session }, statement) {
    const { table, name } = readTarget(statement);
    const indexes = await indexesOf(session, table);
    const broken = indexes.find((index) => index.relname === name && !index.isValid);
    if (broken !== undefined) throw alreadyBroken(broken.name);
    return { indexes: indexes.map(({ oid }) => oid) };
  },

  async settle(ctx, statement, facts) {
    const { table, name } = readTarget(statement);
    const isNew = ({ oid, relname }: Index): boolean =>
      !(facts["indexes"] ?? []).includes(oid) && (name === "" || relname === name);
    const candidates = (await indexesOf(ctx.session, table)).filter(isNew);
    if (candidates.length === 0) return "again";
    const wanted = await describe(ctx, statement, table);
    for (const { name: indexName, isValid, definition } of candidates) {
      const isSame = definition === wanted;
      if (isValid && isSame) return "finished";
      if (!isValid && (isSame || name !== "")) await dropIndexConcurrently(ctx, indexName);
    }
    return "again";
  },
};

interface Index {
  readonly oid: string;
  /** As SQL names it. */
  readonly name: string;
  readonly relname: string;
  readonly isValid: boolean;
  /** Uniqueness, method, columns and all else but the names of index and table. */
  readonly definition: string;
}

function readTarget({ node }: OutsideStatement): { table: string; name: string } {
  const fields = fieldsOf(node);
  return { table: relationName(fields["relation"]), name: asText(fields["idxname"]) };
}

async function indexesOf(session: Session, table: string): Promise<Index[]> {
  const rows = await session.query(INDEXES, [table]);
  return rows.map((row) => ({
    oid: row["oid"] ?? "",
    name: row["name"] ?? "",
    relname: row["relname"] ?? "",
    isValid: row["is_valid"] === "t",
    definition: row["definition"] ?? "",
  }));
}

const INDEXES = `
SELECT i.indexrelid::text AS oid, i.indexrelid::regclass::text AS name, c.relname,
  i.indisvalid AND i.indisready AND i.indislive AS is_valid,
  i.indisunique || ' ' || substr(pg_get_indexdef(i.indexrelid), 1 + length(concat(
    'CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, 'INDEX ', quote_ident(c.relname), ' ON ',
    quote_ident(n.nspname), '.', quote_ident(t.relname), ' '))) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE i.indrelid = to_regclass($1)`;

const PROBE = "holdfast.index_probe";

/**
 * The statement's index as the server itself would describe it: made on an empty twin of the table, in a transaction that
 * is rolled back. Undefined where that fails; then no index that is there counts as the wanted one.
 */
async function describe(
  { session, parser }: RunContext,
  { text, node }: OutsideStatement,
  table: string,
): Promise<string | undefined> {
  const unique = fieldsOf(node)["unique"] === true ? "UNIQUE " : "";
  const { error } = await session.pipeline([
    { sql: "BEGIN" },
    { sql: `CREATE TABLE ${PROBE} (LIKE ${table})` },
    { sql: `CREATE ${unique}INDEX ON ${PROBE} ${indexDefinition(text, parser)}` },
  ]);
  const [index] = error === undefined ? await indexesOf(session, PROBE) : [];
  await session.execute("ROLLBACK");
  return index?.definition;
}

function alreadyBroken(name: string): HoldfastError {
  return new HoldfastError(
    "statement_failed",
    `index ${name} is already there, and INVALID: somebody's build of it failed or is still at work.`,
    {
      next: `Unless it is still being built (see pg_stat_progress_create_index), drop it: DROP INDEX CONCURRENTLY ${name}; then deploy again.`,
    },
  );
}
