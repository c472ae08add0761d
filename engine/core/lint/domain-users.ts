import { domainIds } from "./known-types.js";
import { liveTable, type LiveTable } from "./live-table.js";
import type { JudgedStatement } from "./rule.js";
import type { Table } from "./schema/objects.js";

/**
 * The tables in use that have a column of a domain, or of one that rests on it; undefined where the files do not show all. What
 * was there before the domain was made has it only by what the files did since.
 */
export function domainUsers(id: string, statement: JudgedStatement): LiveTable[] | undefined {
  const { schema } = statement;
  const tables = [...schema.tables.values()];
  const users = tables.filter(({ columns }) =>
    [...columns.values()].some(({ type }) => domainIds(type, schema).includes(id)),
  );
  const live = users.flatMap((table) => liveTable(statement, table.id) ?? []);
  if (live.length > 0) return live;
  const domain = schema.types.get(id);
  if (domain?.maker.isCertain !== true) return undefined;
  const mayHaveIt = ({ id: table, isWhole, maker }: Table): boolean =>
    !isWhole && maker.file >= domain.maker.file && liveTable(statement, table) !== undefined;
  return tables.some(mayHaveIt) ? undefined : [];
}
