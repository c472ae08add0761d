import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Folders {
  readonly holdfast: string;
  readonly dbmate: string;
  readonly nodePgMigrate: string;
  readonly bare: string;
}

/** Empty folders, one for each contender's format, below `root`. */
export function makeFolders(root: string): Folders {
  const folders: Folders = {
    holdfast: join(root, "holdfast"),
    dbmate: join(root, "dbmate"),
    nodePgMigrate: join(root, "node-pg-migrate"),
    bare: join(root, "bare"),
  };
  Object.values(folders).forEach((folder: string) => mkdirSync(folder, { recursive: true }));
  return folders;
}

/** Adds migration number `index` (from 0) to every folder; `header` is Holdfast's, after `-- @phase`. */
export function addMigration(folders: Folders, index: number, sql: string, header = "expand"): void {
  const version = versionOf(index);
  writeFileSync(join(folders.holdfast, `${version}_change_${index}.sql`), `-- @phase ${header}\n${sql}\n`);
  writeFileSync(join(folders.dbmate, `${version}_change_${index}.sql`), `-- migrate:up\n${sql}\n\n-- migrate:down\n`);
  writeFileSync(
    join(folders.nodePgMigrate, `${1760000000000 + index}_change-${index}.sql`),
    `-- Up Migration\n${sql}\n-- Down Migration\n`,
  );
  writeFileSync(join(folders.bare, `${version}_change_${index}.sql`), `${sql}\n`);
}

/** A minute apart: a version is a real point in time. */
function versionOf(index: number): string {
  const at = new Date(Date.UTC(2026, 0, 1, 0, index));
  return at.toISOString().replace(/\D/g, "").slice(0, 14);
}

/** One generated migration: four shapes in turn that real folders are full of. */
function statement(index: number): string {
  const table = `bench_${String(Math.floor(index / 4)).padStart(5, "0")}`;
  switch (index % 4) {
    case 0:
      return `CREATE TABLE ${table} (id bigint PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());`;
    case 1:
      return `ALTER TABLE ${table} ADD COLUMN status text NOT NULL DEFAULT 'new';`;
    case 2:
      return `ALTER TABLE ${table} ADD COLUMN amount numeric(12, 2);`;
    default:
      return `INSERT INTO ${table} (id, name) VALUES (1, 'one'), (2, 'two');`;
  }
}

/** The same `count` migrations in each contender's format, below `root`. */
export function writeFolders(root: string, count: number): Folders {
  const folders = makeFolders(root);
  for (let index = 0; index < count; index++) addMigration(folders, index, statement(index));
  return folders;
}
