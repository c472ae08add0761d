import type { Finding } from "../../core/findings.js";
import { ServerError, type Row } from "../../core/ports.js";
import { eachObject, isGone, isNotNow, lookOnce, NOT_ALLOWED, type DeepLook } from "./look.js";

/** Everything that has rows of its own, also what is kept out of line (TOAST); temporary tables are others' own. */
const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind::text AS kind,
         pg_catalog.pg_relation_size(c.oid)::text AS bytes,
         (SELECT format('%I.%I', tn.nspname, t.relname)
          FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
          WHERE t.reltoastrelid = c.oid) AS owner
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence <> 't' AND (c.relkind <> 'm' OR c.relispopulated)
  ORDER BY n.nspname ~ '^pg_', 1`;

/** From the pages themselves: an index would answer without reading them. */
const FROM_PAGES = ["indexscan", "indexonlyscan", "bitmapscan"].map((way) => `SET LOCAL enable_${way} = off`);

export interface ReadReport {
  readonly tables: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** Reads every page of every table once. The server compares the page's checksum, where the cluster keeps them. */
export async function readTables(look: DeepLook): Promise<ReadReport> {
  const tables = (await look.session.query(TABLES)).map(readTable);
  const findings: Finding[] = [];
  let [read, bytes, refused] = [0, 0, 0];
  await eachObject(look, tables, async (table) => {
    const answer = await lookOnce(look, { sql: `SELECT count(*) FROM ONLY ${table.name}`, before: FROM_PAGES });
    if (!(answer instanceof ServerError)) {
      read += 1;
      bytes += table.bytes;
    } else if (answer.sqlState === NOT_ALLOWED) refused += 1;
    else if (!isGone(answer)) findings.push(judge(table, answer));
  });
  return { tables: read, bytes, findings: refused === 0 ? findings : [...findings, notAllowed(refused)] };
}

interface Table {
  readonly name: string;
  /** As a person knows it: the rows kept out of line belong to a table. */
  readonly title: string;
  readonly bytes: number;
}

function readTable({ name, kind, bytes, owner }: Row): Table {
  const own = name ?? "";
  const title =
    owner == null
      ? `${kind === "m" ? "Materialized view" : "Table"} ${own}`
      : `What table ${owner} keeps out of line (${own})`;
  return { name: own, title, bytes: Number(bytes) };
}

function judge({ name, title }: Table, error: ServerError): Finding {
  if (isNotNow(error)) {
    return {
      ...{ about: "data", level: "warning", subject: `table ${name}` },
      message: `${title} was not read to its end: ${error.message}.`,
      next: "Check again when the database is quieter.",
    };
  }
  return {
    ...{ about: "data", level: "fault", subject: `table ${name}` },
    message: `${title} cannot be read whole: ${error.message}.`,
    next: "Stop writing to this database and keep its files as they are. Restore the newest backup beside it (holdfast restore <instance> --as <name>), check that one (holdfast check <name> --deep), and switch to it.",
  };
}

function notAllowed(tables: number): Finding {
  return {
    ...{ about: "rights", level: "warning", subject: "tables" },
    message: `${tables} ${tables === 1 ? "table was" : "tables were"} not read: this login may not.`,
    next: "Check as a superuser, or as a login with the role pg_read_all_data.",
  };
}
