import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Tool } from "../../../engine/core/adopt/tool-folder.js";
import { runDbmate, runGolangMigrate, runNodePgMigrate, runPrisma } from "./run-tools.js";

/** File name to text. */
export type Files = Readonly<Record<string, string>>;

/** A folder of one tool; each file with a statement leaves a row in the table `ran`. */
export interface ToolProject {
  readonly tool: Tool;
  /** Said in the titles of the tests: how the tool's part came about. */
  readonly appliedBy: string;
  readonly table: string;
  /** What the tool has applied, in order. */
  readonly applied: Files;
  /** What it has not, in order. */
  readonly next: Files;
  apply(folder: string, url: string): Promise<void>;
}

const CREATE =
  "CREATE TABLE ran (file text NOT NULL, at timestamptz NOT NULL DEFAULT now());\nINSERT INTO ran VALUES ('first');\n";
const ADD = "ALTER TABLE ran ADD COLUMN note text;\nINSERT INTO ran (file, note) VALUES ('second', 'größer');\n";
const NEXT = "CREATE TABLE later (id int);\nINSERT INTO ran (file) VALUES ('next');\n";

const dbmate = (up: string, down: string, options = ""): string =>
  `-- migrate:up${options}\n${up}\n-- migrate:down\n${down}\n`;
const nodePgMigrate = (up: string, down: string): string => `-- Up Migration\n${up}\n-- Down Migration\n${down}\n`;

export const TOOL_PROJECTS: readonly ToolProject[] = [
  {
    tool: "dbmate",
    appliedBy: "dbmate itself",
    table: "public.schema_migrations",
    applied: {
      "20240131120000_create_ran.sql": dbmate(CREATE, "DROP TABLE ran;"),
      "20240201120000_add_note.sql": dbmate(ADD, "ALTER TABLE ran DROP COLUMN note;"),
      "20240202120000_index_ran.sql": dbmate(
        "CREATE INDEX CONCURRENTLY ran_file ON ran (file);",
        "DROP INDEX ran_file;",
        " transaction:false",
      ),
    },
    next: { "20240301120000_later.sql": dbmate(NEXT, "DROP TABLE later;") },
    apply: runDbmate,
  },
  {
    tool: "golang-migrate",
    appliedBy: "golang-migrate itself",
    table: "public.schema_migrations",
    applied: {
      "000001_create_ran.up.sql": `BEGIN;\n${CREATE}COMMIT;\n`,
      "000001_create_ran.down.sql": "DROP TABLE ran;\n",
      "000002_add_note.up.sql": ADD,
    },
    next: { "000010_later.up.sql": `BEGIN;\n${NEXT}COMMIT;\n`, "000010_later.down.sql": "DROP TABLE later;\n" },
    apply: runGolangMigrate,
  },
  {
    tool: "node-pg-migrate",
    appliedBy: "node-pg-migrate itself",
    table: "public.pgmigrations",
    applied: {
      "1706702400000_create-ran.sql": nodePgMigrate(CREATE, "DROP TABLE ran;"),
      "1706788800000_add-note.sql": ADD,
    },
    next: { "1709294400000_later.sql": nodePgMigrate(NEXT, "DROP TABLE later;") },
    apply: runNodePgMigrate,
  },
  {
    tool: "prisma",
    appliedBy: "Prisma's own schema engine",
    table: "public._prisma_migrations",
    applied: {
      "migration_lock.toml": 'provider = "postgresql"\n',
      "20240131120000_create_ran/migration.sql": CREATE.replaceAll("\n", "\r\n"),
      "20240201120000_add_note/migration.sql": ADD,
      "20240202120000_empty/migration.sql": "-- This is an empty migration.",
    },
    next: {
      "20240301120000_later/migration.sql": NEXT,
      "20240301120000_later/down.sql": "DROP TABLE later;\n",
    },
    apply: runPrisma,
  },
  {
    tool: "flyway",
    appliedBy: "Flyway 11.8.2, recorded",
    table: "public.flyway_schema_history",
    applied: {
      "V1__create_ran.sql":
        "CREATE TABLE ran (file text NOT NULL, at timestamptz NOT NULL DEFAULT now());\nINSERT INTO ran (file) VALUES ('V1');\n",
      "V1_1__add_note.sql":
        "ALTER TABLE ran ADD COLUMN note text;\r\nINSERT INTO ran (file, note) VALUES ('V1.1', 'größer');\r\n",
      "later/V2024.01.31__index_ran.sql": "CREATE INDEX ran_file ON ran (file);\n",
    },
    next: { "V2024.3__later.sql": NEXT },
    apply: restoreFlyway,
  },
];

/** Flyway takes Java: its part of the run is what a real one left. */
async function restoreFlyway(_folder: string, url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(readFileSync(join(__dirname, "flyway-history.sql"), "utf8"));
  } finally {
    await client.end();
  }
}
