import { createHash } from "node:crypto";
import { HoldfastError } from "./errors.js";
import type { TableCount } from "./row-counts.js";

/** What every backup says of itself, whatever it is made of. It holds no absolute path: the data root can be moved. */
interface ManifestHead {
  readonly format: 1;
  /** The name of the backup's folder; of a snapshot also the snapshot's. */
  readonly id: string;
  readonly project: string;
  readonly instance: string;
  /** Of the database it was taken from; another one under the same name has another one. */
  readonly resourceId: string;
  readonly environment: string;
  /** The instant a restore leads back to, ISO 8601. */
  readonly takenAt: string;
  readonly reason: string;
  /** Highest version applied when it was taken; null: none. */
  readonly schemaVersion: string | null;
  readonly release: string | null;
  /** The migrations that were about to run. */
  readonly pendingVersions: readonly string[];
  /** Those of them that destroy something, and the versions about to be purged: such a backup is never pruned. */
  readonly contracts: readonly string[];
  /** SHA-256 (hex) of the schema's fingerprint when it was taken; null: there was none to compare with. */
  readonly fingerprint: string | null;
  readonly howToRestore: string;
}

/** Of a base backup, whose bytes lie beside it. */
export interface BaseManifest extends ManifestHead {
  readonly kind: "base";
  readonly server: {
    /** As the server says it: `18.4`. */
    readonly version: string;
    readonly systemIdentifier: string;
  };
  readonly wal: {
    /** Log sequence numbers as the server prints them: `0/1800028`. */
    readonly start: string;
    readonly stop: string;
    readonly firstSegment: string;
    readonly lastSegment: string;
    /** Where a restore of this backup ends (`recovery_target_name`). */
    readonly restorePoint: string;
  };
  /** One tar: the data directory, `backup_label`, and the WAL from start to restore point in `pg_wal`. */
  readonly data: { readonly file: string; readonly bytes: number; readonly sha256: string };
  /** Rows at the restore point, table by table, of the application's database. */
  readonly tables: readonly TableCount[];
}

/** Of a restore point: a mark in the WAL that follows a base backup. It has no bytes of its own. */
export interface PointManifest extends ManifestHead {
  readonly kind: "point";
  /** Id of the base backup, in the same catalogue, from which the WAL leads here. */
  readonly base: string;
  readonly server: BaseManifest["server"];
  readonly wal: {
    /** Of the mark, as the server prints it: `0/1800028`. */
    readonly lsn: string;
    /** 1 for a cluster that was never restored. */
    readonly timeline: number;
    /** The segment after the base backup's last one, and the one that holds the mark; all from one to the other are needed. */
    readonly firstSegment: string;
    readonly lastSegment: string;
    /** `recovery_target_name` */
    readonly restorePoint: string;
  };
  /** Rows at the mark. */
  readonly tables: readonly TableCount[];
}

/** Of a logical dump, for a PostgreSQL whose files nobody here can read. */
export interface DumpManifest extends ManifestHead {
  readonly kind: "dump";
  readonly server: { readonly version: string };
  readonly dump: {
    /** Folder beside the manifest, in pg_dump's directory format. */
    readonly directory: string;
    /** Of the program that wrote it: `18.4`. */
    readonly programVersion: string;
    readonly bytes: number;
    /** Every file of the folder. */
    readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  };
  /** Roles that own or may use something in it; a server without them cannot take it as it is. */
  readonly roles: readonly string[];
  /** Rows in the dump's own snapshot. */
  readonly tables: readonly TableCount[];
}

/** Of a snapshot, which AWS keeps. */
export interface SnapshotManifest extends ManifestHead {
  readonly kind: "snapshot";
  readonly snapshot: {
    readonly arn: string;
    readonly region: string;
    /** DBInstanceIdentifier or DBClusterIdentifier of the database it was taken from. */
    readonly source: string;
    /** `rds` or `aurora`. */
    readonly of: "rds" | "aurora";
    readonly engineVersion: string | null;
    readonly isEncrypted: boolean;
    /** Size of the database's storage, not of the snapshot. */
    readonly storageBytes: number;
  };
}

/** What lies in the catalogue and says what a backup is. */
export type BackupManifest = BaseManifest | PointManifest | SnapshotManifest | DumpManifest;

/** JSON for people, closed by a digest of itself, so that an edited manifest is recognised. */
export function renderManifest(manifest: BackupManifest): string {
  return `${JSON.stringify({ ...manifest, manifestSha256: digest(manifest) }, null, 2)}\n`;
}

/**
 * @param where the file's path, for the message
 * @throws HoldfastError backup_damaged where the text is not what `renderManifest` wrote
 */
export function readManifest(text: string, where: string): BackupManifest {
  const { manifestSha256, ...manifest } = parseObject(text, where);
  if (digest(manifest) !== manifestSha256) {
    throw new HoldfastError("backup_damaged", `${where} was changed after the backup: its digest does not fit.`, NEXT);
  }
  if (manifest["format"] !== 1) {
    throw new HoldfastError("backup_damaged", `${where} was written by a newer Holdfast.`, {
      next: "Use the version of Holdfast that took this backup, or a later one.",
    });
  }
  // The digest says that renderManifest wrote it, so it has the shape; what came later is missing in old ones.
  return { contracts: [], fingerprint: null, ...manifest } as unknown as BackupManifest;
}

const NEXT = { next: "Restore an older backup: `holdfast backups` lists them. Leave the damaged one for examination." };

function parseObject(text: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Told below, in one way for text that is no JSON and JSON that is no object.
  }
  throw new HoldfastError("backup_damaged", `${where} is not readable as a manifest.`, NEXT);
}

function digest(manifest: object): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
}
