import fc from "fast-check";

/** A safe file and what one careless edit makes of it. */
export interface Edit {
  readonly name: string;
  readonly safe: string;
  readonly unsafe: string;
}

/** Tables of the shop that have rows, with a column that nothing else stands on. */
const PLACES = fc.constantFrom(
  { table: "users", column: "age" },
  { table: "orders", column: "quantity" },
  { table: "products", column: "title" },
  { table: "documents", column: "body" },
  { table: "billing.invoices", column: "amount" },
  { table: "public.users", column: "balance" },
);
/** Names a person would give, quoted ones among them. */
const NAMES = fc.constantFrom("extra", "zone_2", '"Mixed Case"', "added_at", "new_one", '"select"');

type Where = { readonly table: string; readonly column: string; readonly name: string };

/** The file before and after the edit. */
const EDITS: Readonly<Record<string, (where: Where) => readonly [string, string]>> = {
  "CONCURRENTLY dropped from CREATE INDEX": ({ table, column, name }) => [
    `CREATE INDEX CONCURRENTLY ${name} ON ${table} (${column});`,
    `CREATE INDEX ${name} ON ${table} (${column});`,
  ],
  "CONCURRENTLY dropped from REINDEX": ({ table }) => [
    `REINDEX TABLE CONCURRENTLY ${table};`,
    `REINDEX TABLE ${table};`,
  ],
  "CONCURRENTLY dropped from REFRESH": () => [
    "REFRESH MATERIALIZED VIEW CONCURRENTLY sales_by_user;",
    "REFRESH MATERIALIZED VIEW sales_by_user;",
  ],
  "CONCURRENTLY put into a transaction": ({ table, column, name }) => [
    `CREATE INDEX CONCURRENTLY ${name} ON ${table} (${column});`,
    `BEGIN;\nCREATE INDEX CONCURRENTLY ${name} ON ${table} (${column});\nCOMMIT;`,
  ],
  "NOT VALID dropped from a check": ({ table, column, name }) => [
    `ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${column} IS NOT NULL) NOT VALID;`,
    `ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${column} IS NOT NULL);`,
  ],
  "NOT VALID dropped from a key": ({ name }) => [
    `ALTER TABLE order_items ADD CONSTRAINT ${name} FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;`,
    `ALTER TABLE order_items ADD CONSTRAINT ${name} FOREIGN KEY (order_id) REFERENCES orders (id);`,
  ],
  "VALIDATE moved into the transaction that adds": ({ table, column, name }) => {
    const add = `ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${column} IS NOT NULL) NOT VALID;`;
    const validate = `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name};`;
    return [`BEGIN;\n${add}\nCOMMIT;\n${validate}`, `BEGIN;\n${add}\n${validate}\nCOMMIT;`];
  },
  "WHERE dropped from DELETE": ({ table }) => [`DELETE FROM ${table} WHERE id = -1;`, `DELETE FROM ${table};`],
  "WHERE dropped from UPDATE": ({ table, column }) => [
    `UPDATE ${table} SET ${column} = NULL WHERE id = -1;`,
    `UPDATE ${table} SET ${column} = NULL;`,
  ],
  "WHERE widened by OR": ({ table }) => [
    `DELETE FROM ${table} WHERE id = -1;`,
    `DELETE FROM ${table} WHERE id = -1 OR true;`,
  ],
  "a volatile default": ({ table, name }) => [
    `ALTER TABLE ${table} ADD COLUMN ${name} timestamptz DEFAULT now();`,
    `ALTER TABLE ${table} ADD COLUMN ${name} timestamptz DEFAULT clock_timestamp();`,
  ],
  "a volatile default in an expression": ({ table, name }) => [
    `ALTER TABLE ${table} ADD COLUMN ${name} int DEFAULT (1 + 1);`,
    `ALTER TABLE ${table} ADD COLUMN ${name} int DEFAULT (1 + random()::int);`,
  ],
  "a default dropped from a required column": ({ table, name }) => [
    `ALTER TABLE ${table} ADD COLUMN ${name} int NOT NULL DEFAULT 0;`,
    `ALTER TABLE ${table} ADD COLUMN ${name} int NOT NULL;`,
  ],
  "STORED for VIRTUAL": ({ table, name }) => [
    `ALTER TABLE ${table} ADD COLUMN ${name} int GENERATED ALWAYS AS (1 + 1) VIRTUAL;`,
    `ALTER TABLE ${table} ADD COLUMN ${name} int GENERATED ALWAYS AS (1 + 1) STORED;`,
  ],
  "a serial for a bigint": ({ table, name }) => [
    `ALTER TABLE ${table} ADD COLUMN ${name} bigint;`,
    `ALTER TABLE ${table} ADD COLUMN ${name} bigserial;`,
  ],
  "a domain with a check for one without": ({ table, name }) => [
    `ALTER TABLE ${table} ADD COLUMN ${name} label;`,
    `ALTER TABLE ${table} ADD COLUMN ${name} email_address;`,
  ],
  "a type made narrower, not wider": () => [
    "ALTER TABLE products ALTER COLUMN sku TYPE varchar(40);",
    "ALTER TABLE products ALTER COLUMN sku TYPE varchar(4);",
  ],
  "a drop in place of an add": ({ table, column, name }) => [
    `ALTER TABLE ${table} ADD COLUMN ${name} int;`,
    `ALTER TABLE ${table} ADD COLUMN ${name} int, DROP COLUMN ${column};`,
  ],
  "the new table's statement lost": ({ table, name }) => {
    const fresh = `CREATE TABLE ${name} (id bigint, size int);\n`;
    return [`${fresh}DROP TABLE ${name};`, `${fresh}DROP TABLE ${table};`];
  },
  "a new table that may be old": () => [
    "CREATE TABLE crates (id int);\nDROP TABLE crates;",
    "CREATE TABLE IF NOT EXISTS documents (id int);\nDROP TABLE documents;",
  ],
  "the name of another schema's table": () => [
    "CREATE TABLE billing.documents (id int);\nTRUNCATE billing.documents;",
    "CREATE TABLE billing.documents (id int);\nTRUNCATE documents;",
  ],
  "ANALYZE put before a write": ({ table }) => [
    `EXPLAIN DELETE FROM ${table};`,
    `EXPLAIN ANALYZE DELETE FROM ${table};`,
  ],
  "FULL put into VACUUM": ({ table }) => [`VACUUM (ANALYZE) ${table};`, `VACUUM (FULL, ANALYZE) ${table};`],
  "settings overwritten, not kept": () => [
    "INSERT INTO settings (key, value) VALUES ('theme', 'light') ON CONFLICT (key) DO NOTHING;",
    "INSERT INTO settings (key, value) VALUES ('theme', 'light') ON CONFLICT (key) DO UPDATE SET value = excluded.value;",
  ],
  "a sequence set back": () => [
    "SELECT setval('orders_id_seq', (SELECT max(id) FROM orders));",
    "SELECT setval('orders_id_seq', 1);",
  ],
  "CASCADE added": () => [
    "CREATE SCHEMA attic;\nDROP SCHEMA attic;",
    "CREATE SCHEMA attic;\nDROP SCHEMA billing CASCADE;",
  ],
  "RENAME for ADD": ({ table, column, name }) => [
    `ALTER TABLE ${table} ADD COLUMN ${name} int;`,
    `ALTER TABLE ${table} RENAME COLUMN ${column} TO ${name};`,
  ],
  "a default dropped, not set": () => [
    "ALTER TABLE orders ALTER COLUMN quantity SET DEFAULT 2;",
    "ALTER TABLE orders ALTER COLUMN quantity DROP DEFAULT;",
  ],
  "the policy left out": () => [
    "CREATE POLICY everybody ON documents USING (true);\nALTER TABLE documents ENABLE ROW LEVEL SECURITY;",
    "ALTER TABLE documents ENABLE ROW LEVEL SECURITY;",
  ],
  "a scan moved behind a lock": ({ table, name }) => {
    const lock = `ALTER TABLE ${table} ADD COLUMN ${name} int;`;
    const scan = "CREATE TABLE sums AS SELECT user_id, sum(total) AS total FROM orders GROUP BY 1;";
    return [`BEGIN;\n${lock}\nCOMMIT;\n${scan}`, `BEGIN;\n${lock}\n${scan}\nCOMMIT;`];
  },
  "a new enum value used at once": () => {
    const add = "ALTER TYPE order_status ADD VALUE 'refunded';";
    const use = "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'refunded';";
    return [`BEGIN;\n${add}\nCOMMIT;\n${use}`, `BEGIN;\n${add}\n${use}\nCOMMIT;`];
  },
};

/** Harmless statements around it: what stands beside must change nothing. */
const BESIDE = fc.array(
  fc.constantFrom(
    "SELECT 1;",
    "CREATE TABLE beside (id bigint PRIMARY KEY, at timestamptz);",
    "COMMENT ON TABLE users IS 'DROP TABLE users';",
    "INSERT INTO audit_log (what) VALUES ('deployed');",
  ),
  { maxLength: 2 },
);

export const UNSAFE_EDITS: fc.Arbitrary<Edit> = fc
  .record({ edit: fc.constantFrom(...Object.keys(EDITS)), place: PLACES, name: NAMES, before: BESIDE, after: BESIDE })
  .map(({ edit, place, name, before, after }) => {
    const [safe, unsafe] = EDITS[edit]?.({ ...place, name }) ?? ["", ""];
    const beside = new Set([...before, ...after]);
    const around = (sql: string): string =>
      [
        ...[...beside].filter((one) => before.includes(one)),
        sql,
        ...[...beside].filter((one) => !before.includes(one)),
      ].join("\n");
    return { name: edit, safe: around(safe), unsafe: around(unsafe) };
  });
