import { asNodes, fieldsOf } from "../../core/ast.js";
import type { RunContext } from "../../core/ports.js";
import { listedName } from "../../core/sql-names.js";
import type { OutsideBehaviour } from "./outside-statement.js";

/** DROP INDEX CONCURRENTLY takes one index. Cut off, it leaves it INVALID, and can be run again. */
export const dropIndex: OutsideBehaviour = {
  async observe({ session }, { node }) {
    const [name] = asNodes(fieldsOf(node)["objects"]).map(listedName);
    const [row] = await session.query("SELECT to_regclass($1)::oid::text AS oid", [name ?? null]);
    return { index: row?.["oid"] == null ? [] : [row["oid"]] };
  },

  async settle({ session }, _statement, facts) {
    const [oid] = facts["index"] ?? [];
    if (oid === undefined) return "again";
    const left = await session.query("SELECT FROM pg_class WHERE oid = $1::oid", [oid]);
    return left.length === 0 ? "finished" : "again";
  },
};

/** Clears away an index that is of no use to anybody; clients pass. @throws ServerError 55P03 where it waits too long */
export async function dropIndexConcurrently(ctx: RunContext, name: string): Promise<void> {
  await ctx.session.execute(`SET lock_timeout = ${ctx.policy.strongLockDeadlineMs}`);
  await ctx.session.execute(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}
