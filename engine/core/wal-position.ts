/** Places in the write-ahead log ("log sequence numbers"): bytes since its beginning, printed as two hexadecimal halves. */

/** `0/1800028` as a number of bytes. */
export function readLsn(text: string): bigint {
  const [high = "0", low = "0"] = text.split("/");
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** As the server prints it. */
export function writeLsn(lsn: bigint): string {
  const hex = (value: bigint) => value.toString(16).toUpperCase();
  return `${hex(lsn >> 32n)}/${hex(lsn & 0xffff_ffffn)}`;
}

/** Where the segment of that name begins. */
export function segmentStart(name: string, segmentBytes: number): bigint {
  return (BigInt(`0x${name.slice(8, 16)}`) << 32n) + BigInt(`0x${name.slice(16, 24)}`) * BigInt(segmentBytes);
}

/** 1 for a cluster that was never restored. */
export function segmentTimeline(name: string): number {
  return Number(`0x${name.slice(0, 8)}`);
}
