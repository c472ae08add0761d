import {
  catalogueFolderName,
  HoldfastError,
  type CatalogueName,
  type DatabaseConnection,
  type MigrationSource,
} from "../engine/index.js";
import { catalogueNameOf } from "./backed-up.js";
import { allBackups, findBackups } from "./catalogues.js";
import { sourceOf } from "./deployment.js";
import { findTarget, findTargets, type Target } from "./instances.js";
import { findPlace } from "./place.js";

/** Whose backups they are. The database itself may be gone. */
export interface BackupOwner {
  readonly name: CatalogueName;
  /** Set for a database of RDS or Aurora. */
  readonly aws?: DatabaseConnection | undefined;
  readonly schema?: string | undefined;
  readonly source: MigrationSource;
}

/** @throws HoldfastError unknown_instance where there is neither a backup nor a database of that name */
export async function findOwner(instance: string, flags: { readonly dir?: string }): Promise<BackupOwner> {
  const target = await findTarget(instance, {}).catch(ignoreUnknown);
  if (target?.aws !== undefined) return ownerOf(target, catalogueNameOf(target), flags);
  const { name } = await findBackups(instance);
  return ownerOf(target, name, flags);
}

/** Of this project: whatever has a backup here, and the databases on AWS that this machine knows. */
export async function findOwners(flags: { readonly dir?: string }): Promise<BackupOwner[]> {
  const targets = await findTargets();
  const known = new Map(targets.map((target) => [catalogueFolderName(target.name), target]));
  const here = (await allBackups()).filter(({ entries, faults }) => entries.length + faults.length > 0);
  const owners = here.map(({ name }) => ownerOf(known.get(name.instance), name, flags));
  const names = new Set(here.map(({ name }) => name.instance));
  const elsewhere = targets.filter(({ name, aws }) => aws !== undefined && !names.has(catalogueFolderName(name)));
  return [...owners, ...elsewhere.map((target) => ownerOf(target, catalogueNameOf(target), flags))];
}

function ownerOf(target: Target | undefined, name: CatalogueName, flags: { readonly dir?: string }): BackupOwner {
  const source = sourceOf(target ?? { place: findPlace(), listed: {} }, flags);
  const { aws, connection } = target ?? {};
  return { name, aws, schema: connection?.schema, source };
}

function ignoreUnknown(error: unknown): undefined {
  if (error instanceof HoldfastError && ["unknown_instance", "stack_unreadable"].includes(error.code)) return undefined;
  throw error;
}
