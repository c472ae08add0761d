/** An identifier as SQL, always quoted: right also for key words and capitals. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."name"`. */
export function dottedName(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(".");
}

/** A text as an SQL string constant, whatever standard_conforming_strings says. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return text.includes("\\") ? ` E${quoted}` : quoted;
}
