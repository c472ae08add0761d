/** A segment of the log, whole. */
export interface WalSegment {
  /** 24 hexadecimal digits. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where a log ends. */
export type WalEnd =
  | {
      readonly kind: "ended";
      /**
       * `switch`: the server closed the last segment. `full`: the last segment is written to its end. `unwritten`: behind
       * the last record nothing was written, or only what a recycled segment still held.
       */
      readonly by: "switch" | "full" | "unwritten";
      /** Behind the last record. */
      readonly lsn: bigint;
      readonly records: number;
      /** Of the last page. */
      readonly timeline: number;
    }
  | {
      readonly kind: "damaged";
      readonly segment: string;
      /** In bytes, within the segment. */
      readonly offset: number;
      /** Up to here it is whole. */
      readonly lsn: bigint;
      /** `the record there has another CRC than its bytes` */
      readonly what: string;
      /** Nothing of the log follows: a server that died while it wrote leaves its last record so. */
      readonly isLast: boolean;
    };
