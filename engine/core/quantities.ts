const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, hour: 3600, day: 86_400, week: 604_800 };
const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** `90 s`, `10 min`, `2 h`, `1 day`, `7 days` in seconds; a bare 0 needs no unit. Undefined for anything else. */
export function parseSeconds(text: string): number | undefined {
  return parseQuantity(text, (unit) => SECONDS[unit] ?? SECONDS[unit.replace(/s$/, "")]);
}

/** `512 MiB`, `1 GiB` in bytes; a bare 0 needs no unit. Undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  return parseQuantity(text, (unit) => BYTES[unit]);
}

function parseQuantity(text: string, factorOf: (unit: string) => number | undefined): number | undefined {
  const [, digits, unit] = /^\s*(\d{1,9})\s*([A-Za-z]*)\s*$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  if (unit === "") return Number(digits) === 0 ? 0 : undefined;
  const factor = factorOf(unit);
  return factor === undefined ? undefined : Number(digits) * factor;
}
