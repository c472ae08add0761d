import { DatabaseAccess, LocalDatabase } from "holdfast";

const database = new LocalDatabase("main");

const access = new DatabaseAccess("main", {
  connection: database.connection,
  executor: "provider",
  schemas: ["public", "billing"],
  roles: [
    // Reads invoices and nothing else.
    { name: "accountant", schemas: ["billing"], tables: ["SELECT"] },
    // Left the company: no login and no right any more; what it owns stays.
    { name: "old_importer", retired: true },
  ],
});

/** SchemaMigrations takes this one. */
export const migrator = access.connections.migrator;
/** A service takes this one: user, host, port and database, and the file with the password; on AWS a token in its place. */
export const service = access.connections.app;
