import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Folders } from "./fixtures.js";

/** A way to bring a database up to date, as one command. The address is in DATABASE_URL. */
export interface Contender {
  readonly name: string;
  command(folders: Folders): readonly string[];
}

const BENCH = __dirname;
const ROOT = join(BENCH, "..");
const NODE = process.execPath;

function dbmateBinary(): string {
  // The native binary, not its Node wrapper: the peer at its best.
  const folder = join(BENCH, "node_modules/@dbmate");
  const [platform] = readdirSync(folder);
  if (platform === undefined) throw new Error("dbmate is not installed; `npm run bench` installs the peers first");
  return join(folder, platform, "bin/dbmate");
}

export const BARE: Contender = {
  name: "bare pg, a transaction per file",
  command: (folders) => [NODE, join(BENCH, "bare/migrate.mjs"), folders.bare],
};

/** What the server and one process can do at most: nothing of it survives an error in between. */
export const LIMIT: Contender = {
  name: "limit: bare pg, one message and transaction",
  command: (folders) => [...BARE.command(folders), "at-once"],
};

export const HOLDFAST: Contender = {
  name: "holdfast",
  command: (folders) => [
    NODE,
    join(ROOT, "dist/cli/main.js"),
    "migrate",
    "--dir",
    folders.holdfast,
    "--release",
    "1.0.0",
    "--no-backup-because",
    "measured without a backup; its cost is reported beside",
  ],
};

export const PEERS: readonly Contender[] = [
  {
    name: "dbmate",
    command: (folders) => [dbmateBinary(), "--migrations-dir", folders.dbmate, "--no-dump-schema", "migrate"],
  },
  {
    name: "node-pg-migrate",
    command: (folders) => [
      NODE,
      join(BENCH, "node_modules/node-pg-migrate/bin/node-pg-migrate.js"),
      "up",
      "--migrations-dir",
      folders.nodePgMigrate,
      "--migration-file-language",
      "sql",
    ],
  },
];

/** The floor: a Node process that connects and asks one thing. */
export const CONNECT: Contender = {
  name: "node + pg connect + SELECT 1",
  command: () => [NODE, join(BENCH, "bare/connect.mjs")],
};
