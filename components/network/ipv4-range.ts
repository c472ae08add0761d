/** A block of IPv4 addresses in CIDR notation. */
export interface Ipv4Range {
  /** The first address as a number. */
  readonly first: number;
  /** Bits that all its addresses share. */
  readonly prefix: number;
}

/** @returns undefined for what is no block, also for one whose address has bits beyond the prefix, which AWS refuses */
export function parseRange(text: string): Ipv4Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((byte) => byte > 255) || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  return first % sizeOf(prefix) === 0 ? { first, prefix } : undefined;
}

export function formatRange({ first, prefix }: Ipv4Range): string {
  const bytes = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${bytes.join(".")}/${String(prefix)}`;
}

/** The first `count` of the blocks that a block splits into. */
export function splitRange({ first, prefix }: Ipv4Range, addedBits: number, count: number): Ipv4Range[] {
  const size = sizeOf(prefix + addedBits);
  return Array.from({ length: count }, (_, index) => ({ first: first + index * size, prefix: prefix + addedBits }));
}

export function isWithin(inner: Ipv4Range, outer: Ipv4Range): boolean {
  return inner.prefix >= outer.prefix && inner.first >= outer.first && inner.first < outer.first + sizeOf(outer.prefix);
}

function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}
