import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { loadSqlParser } from "../../../engine/adapters/libpg-sql-parser.js";
import type { RuleRow, RuleRows } from "../rule-rows.js";
import { probeRuleRows } from "./probe-rule-rows.js";
import { startShopServer } from "./shop-server.js";

const FOLDER = join(__dirname, "../rules");
const WORKERS = 4;
/** Rules whose own rows are too bare for harm to be seen, and where it is seen, or why not. */
const NOT_SHOWN: Readonly<Record<string, string>> = {
  "drop-expression": "values stay as they are; it is later writes that are no longer computed",
  "drop-extension": "no table of the rows uses what the extension brought; the corpus has one that does",
  "drop-from-publication": "a subscriber on another server misses the rows",
  "drop-object": "nothing of the rows uses the object",
  "drop-policy": "the corpus shows it, with rows that only the policy let through",
  "drop-role": "roles belong to the whole server",
  "drop-trigger": "later writes go on without it",
  "replication-role-replica": "the corpus shows it, with a write while it is on",
  "uncommitted-tx": "nothing happens, which is the fault",
};

/** Rows that begin with the same history share a database. */
type Group = { readonly rule: string; readonly row: RuleRow }[];

function groupsOf(tables: readonly RuleRows[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { rule, unsafe } of tables) {
    for (const row of unsafe) {
      const key = JSON.stringify([row.history ?? [], row.manner === "plain"]);
      groups.set(key, [...(groups.get(key) ?? []), { rule, row }]);
    }
  }
  return [...groups.values()];
}

/** The tables of the rules that a server can be asked about. */
export function provenRules(): RuleRows[] {
  const load = createRequire(__filename);
  const tables = readdirSync(FOLDER).map((file) => (load(join(FOLDER, file)) as { rows: RuleRows }).rows);
  return tables.filter(({ unproven }) => unproven === undefined);
}

/** Rules none of whose unsafe rows a server shows to lose, break, stall or fail, and of which nobody said why. */
export async function unshownRules(tables: readonly RuleRows[]): Promise<string[]> {
  const shown = await rulesShown(groupsOf(tables));
  return tables.map(({ rule }) => rule).filter((rule) => !shown.has(rule) && !(rule in NOT_SHOWN));
}

/** The rules that a server showed to be right, each by the first of its rows that did harm. */
async function rulesShown(groups: readonly Group[]): Promise<Set<string>> {
  const parser = await loadSqlParser();
  const server = await startShopServer([]);
  const shown = new Set<string>();
  const waiting = [...groups];
  const work = async (): Promise<void> => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      const open = group.filter(({ rule }) => !shown.has(rule));
      if (open.length === 0) continue;
      const labels = await probeRuleRows(
        server,
        parser,
        open.map(({ row }) => row),
      );
      open.forEach(({ rule }, index) => {
        if ((labels[index]?.harm.length ?? 0) > 0) shown.add(rule);
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: WORKERS }, work));
  } finally {
    await server.stop();
  }
  return shown;
}
