import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import type { AstNode, ParsedStatement, SqlParser, Token, TokenKind } from "../core/ports.js";
import { SyntaxFault } from "../core/ports.js";
import { skipBlanks } from "../core/skip-blanks.js";
import { byteToUtf16, characterToUtf16 } from "./text-offsets.js";

type LibPgQuery = typeof import("libpg-query");
type ScanToken = ReturnType<LibPgQuery["scanSync"]>["tokens"][number];

let loading: Promise<SqlParser> | undefined;

/** PostgreSQL's own parser (libpg-query, WASM), loaded on the first call: some 30 ms and 20 MiB. */
export function loadSqlParser(): Promise<SqlParser> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SqlParser> {
  preferQuickCompiler();
  // Found at run time, beside its .wasm file: a bundle of the engine leaves it where it is installed.
  const library = createRequire(__filename)("libpg-query") as LibPgQuery;
  await library.loadModule();
  return sqlParser(library);
}

/** V8 of Node 20 to 25. A version that does not know the flag would complain on stderr, so newer ones go without. */
const [OLDEST_V8, NEWEST_V8] = [11, 14];

/**
 * In a short process V8's optimising WASM compiler works mostly on code that never runs again, and the exit waits for
 * it: without it the parser takes about a third less time and memory. The flag is internal to V8.
 */
function preferQuickCompiler(): void {
  const major = Number.parseInt(process.versions.v8, 10);
  if (major >= OLDEST_V8 && major <= NEWEST_V8) setFlagsFromString("--liftoff-only");
}

function sqlParser(library: LibPgQuery): SqlParser {
  return {
    parse: (sql) => parse(library, sql),
    scan: (sql) => scan(library, sql),
    parsePlPgSql: (sql) => guarded(sql, () => library.parsePlPgSQLSync(sql)),
    sameTree: (a, b) => treeText(parseTree(library, a)) === treeText(parseTree(library, b)),
  };
}

interface RawStatement {
  readonly stmt: AstNode;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

function parseTree(library: LibPgQuery, sql: string): readonly RawStatement[] {
  // The library takes no empty text.
  const result = guarded(sql, () => library.parseSync(sql === "" ? " " : sql));
  return (result.stmts ?? []) as unknown as readonly RawStatement[];
}

function parse(library: LibPgQuery, sql: string): readonly ParsedStatement[] {
  const toUtf16 = byteToUtf16(sql);
  return parseTree(library, sql).map(({ stmt, stmt_location = 0, stmt_len }) => {
    const offset = skipBlanks(sql, toUtf16(stmt_location));
    const stop = stmt_len === undefined ? sql.length : toUtf16(stmt_location + stmt_len);
    const text = sql.slice(offset, stop).trimEnd();
    return { node: stmt, text, offset, end: offset + text.length };
  });
}

function scan(library: LibPgQuery, sql: string): readonly Token[] {
  if (sql === "") return [];
  const toUtf16 = byteToUtf16(sql);
  return rawTokens(library, sql).map((token) => {
    const offset = toUtf16(token.start);
    const end = toUtf16(token.end);
    return { kind: tokenKind(token), text: sql.slice(offset, end), offset, end };
  });
}

function rawTokens(library: LibPgQuery, sql: string): readonly ScanToken[] {
  try {
    return library.scanSync(sql).tokens;
  } catch {
    // The scanner's own error has neither a message nor a place; the parser stumbles over the same literal.
    parseTree(library, sql);
    throw new SyntaxFault("unterminated literal or comment", sql.length);
  }
}

/** PostgreSQL's token numbers (libpg_query's `Token` enumeration); the names that come with them are incomplete. */
const TOKEN_KINDS: ReadonlyMap<number, TokenKind> = new Map([
  [258, "identifier"],
  [259, "identifier"],
  [260, "number"],
  [261, "string"],
  [262, "string"],
  [263, "string"],
  [264, "string"],
  [266, "number"],
  [267, "parameter"],
  [275, "comment"],
  [276, "comment"],
]);

function tokenKind({ tokenType, keywordKind }: ScanToken): TokenKind {
  return keywordKind > 0 ? "keyword" : (TOKEN_KINDS.get(tokenType) ?? "other");
}

function guarded<T>(sql: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const details = (error as { sqlDetails?: { message: string; cursorPosition: number } }).sqlDetails;
    if (details === undefined) throw new SyntaxFault(error instanceof Error ? error.message : String(error), 0);
    throw new SyntaxFault(details.message, characterToUtf16(sql, details.cursorPosition));
  }
}

/** A tree as text without the fields that only say where something stood. */
function treeText(tree: readonly RawStatement[]): string {
  return JSON.stringify(
    tree.map(({ stmt }) => stmt),
    (key, value: unknown) => (typeof value === "number" && PLACE.test(key) ? undefined : value),
  );
}

const PLACE = /^(.*location|stmt_len|list_start|list_end|rexpr_list_start|rexpr_list_end)$/;
