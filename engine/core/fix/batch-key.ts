import type { LiveTable } from "../lint/live-table.js";
import { sqlIdentifier } from "../lint/statement-facts.js";

/** How a backfill walks along a table: its @batch tag, and the condition that demands a batch's range. */
export interface BatchWalk {
  readonly tag: string;
  readonly condition: string;
}

/** Along the primary key; undefined where no file shows one. */
export function batchWalk({ table, sql }: LiveTable): BatchWalk | undefined {
  const key = [...(table?.constraints.values() ?? [])].find(({ kind }) => kind === "primary key")?.columns ?? [];
  const names = key.map(sqlIdentifier);
  if (names.length === 0) return undefined;
  const [columns, from, to] =
    names.length === 1 ? [names[0] ?? "", ":from", ":to"] : [`(${names.join(", ")})`, "(:from)", "(:to)"];
  return { tag: `table=${sql} key=${names.join(",")}`, condition: `${columns} BETWEEN ${from} AND ${to}` };
}

export const NO_KEY = "no file shows a primary key along which its rows could be filled in batches";
