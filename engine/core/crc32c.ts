/**
 * CRC-32C (Castagnoli), with which PostgreSQL closes each record of its write-ahead log (src/include/port/pg_crc32c.h).
 *
 * Eight bytes a step with eight tables. The library at hand takes them one by one through an iterator and needs ten times as
 * long: for the log of a busy day that is minutes.
 */
const POLYNOMIAL = 0x82f63b78;
/** Before the first byte; the last state is to be inverted (`closeCrc`). */
export const CRC_START = -1;

const [T0, T1, T2, T3, T4, T5, T6, T7] = makeTables();

/** Goes on with `bytes` from `from` (included) to `to` (excluded). */
export function updateCrc(state: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = state;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const low =
      crc ^ (byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24));
    crc =
      look(T7, low & 0xff) ^
      look(T6, (low >>> 8) & 0xff) ^
      look(T5, (low >>> 16) & 0xff) ^
      look(T4, low >>> 24) ^
      look(T3, byte(bytes, at + 4)) ^
      look(T2, byte(bytes, at + 5)) ^
      look(T1, byte(bytes, at + 6)) ^
      look(T0, byte(bytes, at + 7));
  }
  for (; at < to; at += 1) crc = (crc >>> 8) ^ look(T0, (crc ^ byte(bytes, at)) & 0xff);
  return crc;
}

/** As it is stored: unsigned. */
export function closeCrc(state: number): number {
  return ~state >>> 0;
}

/** Inside the array by the loops above; the type does not know. */
function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

function look(table: Int32Array, at: number): number {
  return table[at] as number;
}

type Tables = [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

function makeTables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, index) => {
    let crc = index;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
  const tables = [first];
  while (tables.length < 8) {
    const before = tables[tables.length - 1] as Int32Array;
    tables.push(before.map((crc) => (crc >>> 8) ^ look(first, crc & 0xff)));
  }
  return tables as Tables;
}
