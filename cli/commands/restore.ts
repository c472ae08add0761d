import {
  dataRoot,
  findLocalInstance,
  HoldfastError,
  isLocalInstanceRunning,
  restoreBeside,
  type CatalogueName,
  type RestoreReport,
  type RestoreTarget,
} from "../../engine/index.js";
import { findBackups } from "../catalogues.js";
import { defineCommand } from "../command.js";
import { sourceOf } from "../deployment.js";
import { fetchFromPlace } from "../fetch-from-place.js";
import { findTarget, type Target } from "../instances.js";
import { FOLDER_FLAG, findPlace } from "../place.js";
import { readInstant } from "../read-instant.js";
import { renderRestore } from "../render-restore.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";

export const command = defineCommand({
  about:
    "Restores into a second database, beside the first and never over it: the newest backup, or the one that is named, or\n" +
    "any instant. Then it checks what it made, compares it with the backup's manifest, and tells what the live one has\n" +
    "otherwise. The new database has a password, a port and an archive of its own, and answers to its own name in every command.",
  words: [{ name: "name", about: "the instance whose backup it is; it may be gone" }],
  flags: {
    as: { type: "string", value: "NAME", about: "of the new instance" },
    backup: { type: "string", value: "ID", about: "as `holdfast backups` lists it; default: the newest" },
    to: {
      type: "string",
      value: "TIMESTAMP",
      about: "every row committed up to then, and none after: ISO 8601, UTC where no zone is given; or latest",
    },
    from: {
      type: "string",
      value: "PLACE",
      about: "fetch the backup from a directory or s3://bucket/prefix first, on a machine that has none of it",
    },
    before: { type: "string", value: "VERSION", about: "to just before this migration began" },
    ...FOLDER_FLAG,
  },
  examples: [
    ["holdfast restore dev --as dev-before", "the newest backup, as it was before the last migrate"],
    ["holdfast restore dev --to 2026-01-19T09:29:59Z --as dev-before", "to just before an accident"],
    [
      "holdfast restore dev --from s3://my-backups/shop --as dev-saved",
      "on a new machine: of an embedded database, of any other one beside it on its server",
    ],
    [
      "holdfast restore dev --to latest --as dev-saved",
      "as late as the write-ahead log reaches, for a lost data folder",
    ],
  ],
  async run({ words: [name = ""], flags, terminal }) {
    const as = requiredName(name, flags.as);
    const target = flags.from === undefined ? readTarget(flags) : await fetchTarget(name, flags.from, flags, terminal);
    const from = await findSource(name);
    const report = await stoppable(terminal, (watch) =>
      restoreBeside({ ...from, source: sourceOf(from.target, flags), target, as, ...watch }),
    );
    const { project, root } = from.name;
    const local = await findLocalInstance({ project, root, name: as });
    const isOnServer = local === undefined && from.aws === undefined;
    return {
      json: { ...jsonOf(report), ...(local !== undefined && { passwordFile: local.passwordFile }) },
      text: () => renderRestore(report, { local, isOnServer, wanted: target, terminal }),
    };
  },
});

/** The backup that was fetched, which is whole. @throws HoldfastError invalid_usage where an instant is asked of a place */
async function fetchTarget(name: string, from: string, flags: TargetFlags, terminal: Terminal): Promise<RestoreTarget> {
  if (flags.to !== undefined || flags.before !== undefined) {
    throw new HoldfastError(
      "invalid_usage",
      "holdfast restore: --from leads to the instants of backups, and to no other.",
      {
        next: `Name one of them with --backup: holdfast backups ${name} --from ${from} lists them.`,
      },
    );
  }
  const id = await stoppable(terminal, (watch) => fetchFromPlace({ name, from, wanted: flags.backup, ...watch }));
  return { kind: "backup", id };
}

function requiredName(name: string, as: string | undefined): string {
  if (as !== undefined) return as;
  throw new HoldfastError("invalid_usage", "holdfast restore: --as is missing, the name of the new instance.", {
    next: `A restore goes beside, never over: holdfast restore ${name} --as ${name}-restored`,
  });
}

interface TargetFlags {
  readonly backup?: string;
  readonly to?: string;
  readonly before?: string;
}

function readTarget({ backup, to, before }: TargetFlags): RestoreTarget {
  if ([backup, to, before].filter((given) => given !== undefined).length > 1) {
    throw new HoldfastError("invalid_usage", "holdfast restore: --backup, --to and --before exclude each other.", {
      next: "Give one of them; without any, the newest backup is restored.",
    });
  }
  if (to === "latest") return { kind: "latest" };
  if (to !== undefined) return { kind: "instant", ...readInstant("--to", to) };
  if (before !== undefined) return { kind: "before", version: before };
  return { kind: "backup", ...(backup !== undefined && { id: backup }) };
}

/** Whose catalogue it is, and the live database as far as there is one. */
async function findSource(instance: string) {
  const target = await findTarget(instance, {}).catch(ignoreUnknown);
  const { local, aws } = target ?? {};
  const name = await catalogueOf(instance, target);
  const live = target === undefined ? undefined : await liveOf(target);
  const schema = target?.connection.schema;
  return { target: target ?? { place: findPlace(), listed: {} }, name, local, aws, live, schema };
}

/** A stopped server is not started for a comparison: what its data directory holds may be needed as it is. */
async function liveOf({ local, connection, name }: Target) {
  if (local === undefined || (await isLocalInstanceRunning(local))) return connection;
  return { why: `${name} is not running` };
}

/** An instance may have no catalogue here, and AWS's automated backups all the same. */
async function catalogueOf(instance: string, target: Target | undefined): Promise<CatalogueName> {
  try {
    return (await findBackups(instance)).name;
  } catch (error) {
    if (target?.aws === undefined) throw error;
    return { root: dataRoot(), project: target.aws.project, instance: target.aws.instance };
  }
}

function ignoreUnknown(error: unknown): undefined {
  if (error instanceof HoldfastError && ["unknown_instance", "stack_unreadable"].includes(error.code)) return undefined;
  throw error;
}

function jsonOf({ reachedAt, ...report }: RestoreReport): object {
  return { ...report, reachedAt: reachedAt?.toISOString() ?? null };
}
