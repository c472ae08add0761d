import type { HoldfastError } from "./errors.js";
import { grammarFault } from "./grammar-fault.js";
import type { MigrationFile } from "./migration.js";
import { codeOnly } from "./scan-text.js";

const COPY_FROM_STDIN = /\bcopy\b[^;]*?\bfrom\s+stdin\b/i;
const BACKSLASH_LINE = /^[ \t]*\\(?<command>\S*)/m;

/**
 * What only psql understands and no server: rows after COPY … FROM stdin, and backslash commands (pg_dump writes both,
 * and `\restrict` since its 2025 releases). At most one fault, the first: what follows is not SQL.
 */
export function findForeignLines(file: Pick<MigrationFile, "path" | "text">): HoldfastError[] {
  const code = codeOnly(file.text);
  const copy = COPY_FROM_STDIN.exec(code)?.index ?? Infinity;
  const backslash = BACKSLASH_LINE.exec(code);
  const command = backslash === null ? Infinity : backslash.index + backslash[0].indexOf("\\");
  if (copy < command) return [copyFault(file, copy)];
  if (backslash !== null) return [commandFault(file, command, backslash.groups?.["command"] ?? "")];
  return [];
}

function copyFault(file: Pick<MigrationFile, "path" | "text">, offset: number): HoldfastError {
  const next = "Write the rows as INSERT (pg_dump --inserts does), or load them with psql outside the migrations.";
  return grammarFault(file, offset, "COPY … FROM stdin needs psql to send its rows", next);
}

function commandFault(file: Pick<MigrationFile, "path" | "text">, offset: number, command: string): HoldfastError {
  const next = "Remove the line: a migration is plain SQL, sent to the server as it stands.";
  return grammarFault(file, offset, `\\${command} is a command of psql, not SQL`, next);
}
