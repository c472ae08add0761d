import type { Batch } from "./migration.js";

export const DEFAULT_BATCH_SIZE = 5000;
export const LARGEST_BATCH_SIZE = 1_000_000;

const IDENTIFIER = /(?:[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|"(?:[^"]|"")+")/.source;
const TABLE = new RegExp(`^${IDENTIFIER}(?:\\.${IDENTIFIER})?$`);
const COLUMNS = new RegExp(`^${IDENTIFIER}(?:,${IDENTIFIER})*$`);
const SETTING = /(?:"(?:[^"]|"")*"|[^\s"])+/g;

/** A fault in a tag's value: what is wrong, and how many characters into the value. */
export interface ValueFault {
  readonly message: string;
  readonly at: number;
}

/** Reads `table=orders key=id,tenant size=5000`; faults instead of a batch where anything is off. */
export function readBatch(value: string): Batch | readonly ValueFault[] {
  const settings = new Map<string, string>();
  const faults: ValueFault[] = [];
  for (const { 0: setting, index } of value.matchAll(SETTING)) {
    const fault = takeSetting(settings, setting);
    if (fault !== undefined) faults.push({ message: fault, at: index });
  }
  for (const name of ["table", "key"]) {
    if (!settings.has(name) && faults.length === 0) faults.push({ message: `@batch needs ${name}=`, at: 0 });
  }
  if (faults.length > 0) return faults;
  return {
    table: settings.get("table") ?? "",
    key: [...(settings.get("key") ?? "").matchAll(new RegExp(IDENTIFIER, "g"))].map(([column]) => column),
    size: Number(settings.get("size") ?? DEFAULT_BATCH_SIZE),
  };
}

function takeSetting(settings: Map<string, string>, setting: string): string | undefined {
  const equals = setting.indexOf("=");
  const name = equals < 0 ? setting : setting.slice(0, equals);
  const value = equals < 0 ? "" : setting.slice(equals + 1);
  const isValid = VALID.get(name);
  if (isValid === undefined) return `@batch knows table=, key= and size=, not ${name}`;
  if (settings.has(name)) return `@batch has ${name}= twice`;
  if (!isValid(value)) return `@batch has no usable value in ${setting}`;
  settings.set(name, value);
  return undefined;
}

const VALID: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ["table", (value: string) => TABLE.test(value)],
  ["key", (value: string) => COLUMNS.test(value)],
  ["size", (value: string) => /^[1-9]\d{0,6}$/.test(value) && Number(value) <= LARGEST_BATCH_SIZE],
]);
