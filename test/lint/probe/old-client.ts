import type { Client } from "pg";
import { APP_ROLE } from "../corpus/shop.js";

/** Rows each statement gave or changed; or the first error, as PostgreSQL words it. */
export type Answers = { readonly counts: readonly number[] } | { readonly error: string };

/** Says every statement as the old release's login, each undone before the next; inside the transaction that is open. */
export async function askAll(client: Client, statements: readonly string[], role = APP_ROLE): Promise<Answers> {
  const steps = statements.map((statement) => `SAVEPOINT one; ${statement}; ROLLBACK TO one`);
  try {
    const results = (await client.query(`SET LOCAL ROLE ${role}; ${steps.join("; ")}; RESET ROLE`)) as unknown as {
      rowCount: number | null;
    }[];
    return { counts: statements.map((_, index) => results[2 + index * 3]?.rowCount ?? 0) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** The same in a transaction of its own. */
export async function askAllAnew(client: Client, statements: readonly string[], role = APP_ROLE): Promise<Answers> {
  await client.query("BEGIN");
  const answers = await askAll(client, statements, role);
  await client.query("ROLLBACK");
  return answers;
}

/** What the old release gets no more: an error, or none of the rows it got before. */
export function compareAnswers(statements: readonly string[], before: Answers, after: Answers): string[] {
  if ("error" in before) throw new Error(`The old release fails before the migration already: ${before.error}`);
  if ("error" in after) return [`the old release fails: ${after.error}`];
  return statements
    .filter((_, index) => (before.counts[index] ?? 0) > 0 && after.counts[index] === 0)
    .map((statement) => `the old release meets no row any more: ${statement}`);
}
