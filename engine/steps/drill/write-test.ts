import { asHoldfastError } from "../../core/as-holdfast-error.js";
import type { Finding } from "../../core/findings.js";
import { ServerError, type Session } from "../../core/ports.js";

const SCHEMA = "holdfast_drill";
const ROWS = 1000;

const WRITE = [
  `CREATE SCHEMA ${SCHEMA}`,
  `CREATE TABLE ${SCHEMA}.written (id integer PRIMARY KEY, note text NOT NULL)`,
  `INSERT INTO ${SCHEMA}.written SELECT each, repeat('x', 100) FROM generate_series(1, ${ROWS}) AS each`,
  `UPDATE ${SCHEMA}.written SET note = 'y' WHERE id % 2 = 0`,
];

const COUNT = `SELECT count(*) AS rows, count(*) FILTER (WHERE note = 'y') AS changed FROM ${SCHEMA}.written`;

/**
 * Writes a table and takes it back, then writes it and commits, reads it, and drops it: a full disk and a read-only one show
 * at the commit. For a database that is thrown away.
 *
 * @returns what is wrong; empty where it takes writes
 */
export async function testWrites(session: Session): Promise<Finding[]> {
  try {
    await writeAndTakeBack(session);
    await writeAndKeep(session);
    return [];
  } catch (error) {
    if (!(error instanceof ServerError)) throw asHoldfastError(error) ?? error;
    await session.execute("ROLLBACK").catch(() => undefined);
    return [finding(error.message)];
  }
}

async function writeAndTakeBack(session: Session): Promise<void> {
  await session.execute("BEGIN");
  for (const statement of WRITE) await session.execute(statement);
  await session.execute("ROLLBACK");
}

async function writeAndKeep(session: Session): Promise<void> {
  await session.execute("BEGIN");
  for (const statement of WRITE) await session.execute(statement);
  await session.execute("COMMIT");
  const [row] = await session.query(COUNT);
  if (row?.["rows"] !== String(ROWS) || row["changed"] !== String(ROWS / 2)) {
    throw new ServerError("what was written is not what is read", "XX000");
  }
  await session.execute(`DROP SCHEMA ${SCHEMA} CASCADE`);
}

function finding(message: string): Finding {
  return {
    ...{ about: "write", level: "fault", subject: "writes" },
    message: `The restored database does not take writes: ${message}.`,
    next: "Look for the cause on the server it was restored to (room, rights, read-only settings), then drill again.",
  };
}
