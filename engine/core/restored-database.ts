import type { CatalogueEntry } from "./catalogue.js";
import type { ConnectionSettings } from "./connection-settings.js";
import type { Progress } from "./ports.js";
import type { ExpectedContents } from "./restore-report.js";

/** Which instant of a database is wanted back. */
export type RestoreTarget =
  /** The instant a backup was taken; the newest one where none is named. */
  | { readonly kind: "backup"; readonly id?: string }
  | {
      readonly kind: "instant";
      readonly at: Date;
      /** Beyond the millisecond of `at`, 0 to 999: PostgreSQL notes commits to the microsecond. Default 0. */
      readonly micros?: number;
    }
  /** As late as the write-ahead log reaches. */
  | { readonly kind: "latest" }
  /** Just before this migration began to run. */
  | { readonly kind: "before"; readonly version: string };

/** What each kind's restorer is given; `E` says whether a backup is chosen already. */
export interface RestoreWork<E extends CatalogueEntry | undefined = CatalogueEntry | undefined> {
  /** Whose catalogue: data root, project and instance. */
  readonly name: { readonly root: string; readonly project: string; readonly instance: string };
  /** The backup that is meant by the target; undefined for an instant, which leads to one by itself. */
  readonly entry: E;
  readonly target: RestoreTarget;
  /** Name of the new database. */
  readonly as: string;
  /** Where the engine's tables live in it. Default `public`. */
  readonly schema?: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

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
  readonly expected: ExpectedContents | null;
}
