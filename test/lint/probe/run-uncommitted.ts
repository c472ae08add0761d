import { NOT_IN_A_BLOCK, transactionVerb, type Grouping, type Run, type Stage } from "./run-file.js";
import { countWork, watchStatement, type Watched } from "./watch-statement.js";

/**
 * Runs a file that is one transaction up to its end and leaves that open, for the caller to look around in and to roll back.
 * Undefined where the file is more than one, or cannot run inside one.
 */
export async function runUncommitted(
  { session, watcher, old, parser }: Omit<Stage, "connect" | "afterTransaction">,
  sql: string,
  grouping: Grouping,
): Promise<Run | undefined> {
  const statements = oneTransaction(
    parser.parse(sql).map(({ node, offset, end }) => ({ text: sql.slice(offset, end), verb: transactionVerb(node) })),
    grouping,
  );
  if (statements === undefined) return undefined;
  const watched: Watched[] = [];
  await session.query("BEGIN");
  try {
    for (const text of statements) {
      const before = await countWork(session, old);
      await session.query(text);
      watched.push(await watchStatement(session, watcher, old, text, before));
    }
    await session.query("SET CONSTRAINTS ALL IMMEDIATE");
    return { transactions: [watched] };
  } catch (error) {
    await session.query("ROLLBACK");
    if (grouping === "single" && NOT_IN_A_BLOCK.has((error as { code?: string }).code ?? "")) return undefined;
    return { transactions: [watched], failure: (error as Error).message };
  }
}

function oneTransaction(
  statements: readonly { readonly text: string; readonly verb: string }[],
  grouping: Grouping,
): string[] | undefined {
  const texts = statements.map(({ text }) => text);
  const verbs = statements.map(({ verb }) => verb).filter((verb) => verb !== "");
  if (verbs.length === 0 && (grouping === "whole" || texts.length === 1)) return texts;
  const isBlock = verbs.length === 2 && statements[0]?.verb === "begin" && statements.at(-1)?.verb === "commit";
  return isBlock ? texts.slice(1, -1) : undefined;
}
