// The least a runner with a transaction and a checksum per file can do: what the ratios are taken against. With "at-once" all
// files go out as one message in one transaction, which no runner that must stop in good order can do: the limit.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

const [, , folder, mode] = process.argv;
const files = readdirSync(folder)
  .sort()
  .map((name) => {
    const sql = readFileSync(join(folder, name), "utf8");
    return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  });
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
let rows = [];
try {
  ({ rows } = await client.query("SELECT name, checksum FROM bare_migrations"));
} catch {
  await client.query("CREATE TABLE bare_migrations (name text PRIMARY KEY, checksum text NOT NULL)");
}
const applied = new Map(rows.map((row) => [row.name, row.checksum]));
if (mode === "at-once") {
  const row = ({ name, checksum }) => `INSERT INTO bare_migrations VALUES ('${name}', '${checksum}');`;
  await client.query(`BEGIN;\n${files.map((file) => `${file.sql}\n${row(file)}`).join("\n")}\nCOMMIT;`);
  files.length = 0;
}
for (const { name, sql, checksum } of files) {
  if (applied.get(name) === checksum) continue;
  await client.query("BEGIN");
  await client.query(sql);
  await client.query("INSERT INTO bare_migrations VALUES ($1, $2)", [name, checksum]);
  await client.query("COMMIT");
}
await client.end();
