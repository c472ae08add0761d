import { OWNER_ROLE } from "./engine.js";
import type { TestDatabase } from "./postgres.js";
import { until } from "./until.js";

let copies = 0;

/** A copy of a test database, data and all; the original must be without clients. */
export async function copyDatabase(original: TestDatabase): Promise<TestDatabase> {
  const { server } = original;
  const name = `${original.name}_copy_${++copies}`;
  const admin = await server.client();
  try {
    await until("the database is free to copy", async () => {
      const { rowCount } = await admin.query("SELECT FROM pg_stat_activity WHERE datname = $1", [original.name]);
      return rowCount === 0;
    });
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${original.name} OWNER ${OWNER_ROLE}`);
  } finally {
    await admin.end();
  }
  return {
    ...original,
    name,
    url: original.url.replace(original.name, name),
    client: () => server.client(name),
    drop: async () => {
      const again = await server.client();
      await again.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await again.end();
    },
  };
}
