import type { CorpusRow } from "../probe/probed-row.js";

type Told = string | Omit<CorpusRow, "rule" | "name">;

/** Rows by rule of the catalogue and name; a bare text is a plain file. */
export function rowsOf(rules: Readonly<Record<string, Readonly<Record<string, Told>>>>): CorpusRow[] {
  return Object.entries(rules).flatMap(([rule, rows]) =>
    Object.entries(rows).map(([name, told]) => ({
      rule,
      name,
      ...(typeof told === "string" ? { sql: told } : told),
    })),
  );
}
