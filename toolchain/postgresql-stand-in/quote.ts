export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Between the quotes too, as the official plugin writes it: a backslash twice. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
