import {
  defaultPolicy,
  fileMigrationSource,
  HoldfastError,
  type ByHandRequest,
  type DeployTarget,
  type MigrateRequest,
  type MigrationSource,
  type Policy,
} from "../engine/index.js";
import { backedUpOf } from "./backed-up.js";
import type { Target } from "./instances.js";
import { FOLDER_FLAG, folderOf } from "./place.js";
import { releaseOf } from "./project.js";

/** Flags of commands that compare a folder with a database. */
export const DEPLOYMENT_FLAGS = {
  ...FOLDER_FLAG,
  release: { type: "string", value: "VERSION", about: "the release of the folder; default: version in package.json" },
} as const;

export interface DeploymentFlags {
  readonly dir?: string;
  readonly release?: string;
}

/** The folder of a target: as given, as holdfast.json says, else `migrations`. */
export function sourceOf(target: Pick<Target, "place" | "listed">, flags: DeploymentFlags): MigrationSource {
  const { directory, root, format } = folderOf(target.place, flags.dir, target.listed);
  return fileMigrationSource(directory, root, format);
}

/** For commands that only look: undefined means the newest release on the database. */
export function knownRelease(target: Target, flags: DeploymentFlags): string | undefined {
  return releaseOf(target.place.project, flags.release, !target.isAddress);
}

/**
 * For commands that write the release into the database.
 * @throws HoldfastError invalid_usage where nothing says which one it is
 */
export function requiredRelease(target: Target, flags: DeploymentFlags): string {
  const release = knownRelease(target, flags);
  if (release !== undefined) return release;
  const reason = target.isAddress
    ? "an address may belong to any project, so package.json does not count"
    : `${target.place.project.root} has no package.json with a version`;
  throw new HoldfastError("invalid_usage", `The release is not known: ${reason}.`, {
    next: "Say it: --release 1.5.0. Contracts and older releases are judged by it.",
  });
}

/** What the environment's defaults and holdfast.json say together. */
function policyOf({ listed }: Target, environment: string): Policy {
  const { soak, copyLimit } = listed;
  return {
    ...defaultPolicy(environment),
    ...(soak !== undefined && { soakMs: soak * 1000 }),
    ...(copyLimit !== undefined && { copyLimitBytes: copyLimit }),
  };
}

/** What every deploy of a target is asked, the watch aside. */
export function requestOf(target: Target, flags: DeploymentFlags): MigrateRequest {
  const approvals = target.listed.approvals ?? [];
  return { ...byHandRequest(target), release: requiredRelease(target, flags), approvals };
}

/** For work by hand, which knows the release from the database. */
export function byHandRequest(target: Target): ByHandRequest {
  const { listed, name, isAddress } = target;
  // An address says nothing about the environment: the database's own mark is taken, and the strictest policy.
  const environment = listed.environment ?? (isAddress ? undefined : name);
  return { ...(environment !== undefined && { environment }), policy: policyOf(target, environment ?? "") };
}

export function deployTargetOf(target: Target, flags: DeploymentFlags): DeployTarget {
  return { connection: target.connection, source: sourceOf(target, flags), ...backedUpOf(target) };
}
