import { domainIds } from "./known-types.js";
import { liveTable, type LiveTable } from "./live-table.js";
import type { JudgedStatement } from "./rule.js";

/** The tables in use that have a column of a domain, or of one that rests on it; undefined where the files do not show all. */
export function domainUsers(id: string, statement: JudgedStatement): LiveTable[] | undefined {
  const { schema } = statement;
  const tables = [...schema.tables.values()];
  const users = tables.filter(({ columns }) =>
    [...columns.values()].some(({ type }) => domainIds(type, schema).includes(id)),
  );
  const live = users.flatMap((table) => liveTable(statement, table.id) ?? []);
  if (live.length > 0) return live;
  const isShown = schema.types.has(id) && tables.every(({ kind, isWhole }) => isWhole || kind === "view");
  return isShown ? [] : undefined;
}
