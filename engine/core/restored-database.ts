import type { ConnectionSettings } from "./connection-settings.js";
import type { TableCount } from "./row-counts.js";

/** Which instant of a database is wanted back. */
export type RestoreTarget =
  /** The instant a backup was taken; the newest one where none is named. */
  | { readonly kind: "backup"; readonly id?: string }
  | { readonly kind: "instant"; readonly at: Date }
  /** As late as the write-ahead log reaches. */
  | { readonly kind: "latest" }
  /** Just before this migration began to run. */
  | { readonly kind: "before"; readonly version: string };

/** A database that was made out of a backup, beside the one it came from. It runs. */
export interface RestoredDatabase {
  /** Its name in every command. */
  readonly name: string;
  /** The backup it was made from; null: AWS's own automated backups. */
  readonly backup: string | null;
  readonly connection: ConnectionSettings;
  readonly resourceId: string;
  /** The instant it leads back to; null: not known. */
  readonly reachedAt: Date | null;
  /** The wanted instant lies after the last commit there is: it ends there. */
  readonly isEnd: boolean;
  /** What it must hold; null where the instant is none that anything was counted at. */
  readonly expected: {
    readonly tables: readonly TableCount[];
    readonly schemaVersion: string | null;
    readonly fingerprint: string | null;
  } | null;
}
