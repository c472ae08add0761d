/** Reads parts of a JSON document whose shape is another program's business: what is missing or of another type is left out. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function textAt(record: JsonRecord | undefined, name: string): string {
  const value = record?.[name];
  return typeof value === "string" ? value : "";
}

export function textsAt(record: JsonRecord | undefined, name: string): string[] {
  return (asList(record?.[name]) ?? []).filter((item) => typeof item === "string");
}
