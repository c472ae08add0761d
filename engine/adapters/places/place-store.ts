import type { BytePlace } from "../../core/backup-place.js";
import { directoryStore } from "./directory-store.js";

/** A file that is in a place, or is to be. */
export interface PlacedFile {
  /** Path in the place, with `/`: `shop/prod/20260119T093000Z-v0007/base.tar`. */
  readonly key: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Watched {
  readonly signal: AbortSignal;
  /** Bytes that were moved since the last call. */
  readonly onBytes: (bytes: number) => void;
}

/** Files by key. Each appears whole or not at all, and durable. */
export interface PlaceStore {
  /**
   * Copies a file of this machine, and makes sure that what is there now has its checksum.
   * @throws HoldfastError backup_damaged where the file here is no longer what it should be; backup_failed; what the store says
   */
  put(file: PlacedFile, source: string, watched: Watched): Promise<void>;
  putText(key: string, text: string): Promise<void>;
  /** Undefined where there is no such file. */
  readText(key: string): Promise<string | undefined>;
  /** Into a new file here, durably. @throws HoldfastError backup_damaged where it is missing, or has another checksum */
  fetch(file: PlacedFile, target: string, watched: Watched): Promise<void>;
  /** Names directly below a key that ends in `/`; folders end in `/`, too. Empty where there is nothing. */
  list(folder: string): Promise<readonly string[]>;
  remove(keys: readonly string[]): Promise<void>;
}

/** What speaks to AWS is loaded only here. @throws HoldfastError as the store's kind has it */
export async function openPlace(place: BytePlace): Promise<PlaceStore> {
  if (place.kind === "directory") return directoryStore(place.path);
  return (await import("./bucket-store.js")).bucketStore(place);
}
