const POLYNOMIAL = 0xedb88320;
const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/**
 * Flyway's checksum of a script: the CRC-32 of its lines as UTF-8, line ends and byte-order mark left out, as a signed number.
 * @param normalised with LF line ends and no byte-order mark
 */
export function flywayChecksum(normalised: string): number {
  const bytes = new TextEncoder().encode(normalised.replaceAll("\n", ""));
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc;
}
