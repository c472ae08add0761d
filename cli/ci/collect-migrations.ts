import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import {
  defaultPolicy,
  fileMigrationSource,
  HoldfastError,
  type Approval,
  type Comparison,
  type MigrationFile,
  type Policy,
  type ReportedMigration,
} from "../../engine/index.js";
import { approvalsOf, policyOf } from "../migrations-request.js";
import { folderOf, type Folder, type Place } from "../place.js";
import { releaseOf } from "../project.js";
import { listAt, readAt, type Base, type WorkTree } from "./git.js";
import type { StackPreview } from "./stack-preview.js";

/** The project's migrations, and what is known of a database they go to. */
export interface CollectedMigrations {
  readonly folder: Folder;
  readonly files: readonly MigrationFile[];
  /** Why the folder cannot be read; then there are no files. */
  readonly fault: HoldfastError | undefined;
  readonly reported: readonly ReportedMigration[] | null;
  readonly comparedWith: Comparison;
  readonly release: string;
  readonly approvals: readonly Approval[];
  readonly policy: Policy;
}

export interface CollectionRequest {
  readonly place: Place;
  readonly dir: string | undefined;
  readonly release: string | undefined;
  readonly preview: StackPreview | undefined;
  readonly base: Base | undefined;
  readonly workTree: WorkTree | undefined;
}

/** What is compared with, best first: the stack's last deploy, the branch the change goes into, nothing. */
export async function collectMigrations(given: CollectionRequest): Promise<CollectedMigrations> {
  const { preview, base, workTree } = given;
  const folder = findFolder(given);
  const { files, fault } = await load(folder);
  const migrations = preview?.migrations;
  const release = releaseOf(given.place.project, given.release, true) ?? "0.0.0";
  const unknown = { folder, files, fault, release, approvals: [], policy: defaultPolicy("") };
  if (migrations === "unchanged") {
    return { ...unknown, reported: files.map(asApplied(release)), comparedWith: { kind: "deploy", at: null } };
  }
  if (migrations !== undefined) {
    const { request, reported, deployedAt } = migrations;
    const comparedWith: Comparison = reported === null ? { kind: "first-deploy" } : { kind: "deploy", at: deployedAt };
    const asked = { release: request.release, approvals: approvalsOf(request), policy: policyOf(request) };
    return { folder, files, fault, reported, comparedWith, ...asked };
  }
  if (base === undefined || workTree === undefined)
    return { ...unknown, reported: null, comparedWith: { kind: "nothing" } };
  const reported = await historyOf(folder, workTree, base, release);
  return { ...unknown, reported, comparedWith: { kind: "base", ref: base.ref } };
}

/** The program says where its files are, unless somebody says it here. */
function findFolder({ place, dir, preview }: CollectionRequest): Folder {
  const request = typeof preview?.migrations === "object" ? preview.migrations.request : undefined;
  if (request === undefined || dir !== undefined) return folderOf(place, dir);
  return { directory: request.directory, root: place.project.root, format: request.format ?? "holdfast" };
}

async function load({ directory, root, format }: Folder): Promise<Pick<CollectedMigrations, "files" | "fault">> {
  try {
    return { files: await fileMigrationSource(directory, root, format).load(), fault: undefined };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { files: [], fault: error };
  }
}

/** The files of the base branch count as applied by its release: what a change does to them is refused as a deploy would. */
async function historyOf(
  { directory, root, format }: Folder,
  workTree: WorkTree,
  { commit }: Base,
  release: string,
): Promise<ReportedMigration[]> {
  const below = relative(workTree.root, resolve(root, directory));
  const files = readAt(workTree, commit, listAt(workTree, commit, below));
  const [manifest] = readAt(workTree, commit, ["package.json"]);
  const copy = mkdtempSync(join(tmpdir(), "holdfast-base-"));
  try {
    for (const { path, text } of files) {
      mkdirSync(join(copy, dirname(path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    const loaded = await fileMigrationSource(below, copy, format).load();
    return loaded.map(asApplied(versionIn(manifest?.text) ?? release));
  } catch (error) {
    // A folder that was empty or faulty before the change is no history.
    if (error instanceof HoldfastError) return [];
    throw error;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function asApplied(release: string): (file: MigrationFile) => ReportedMigration {
  return ({ version, checksum }) => ({ version, checksum, state: "applied", release, appliedAt: "" });
}

function versionIn(manifest: string | undefined): string | undefined {
  const version = /"version"\s*:\s*"(\d+\.\d+\.\d+[^"]*)"/.exec(manifest ?? "")?.[1];
  return version;
}
