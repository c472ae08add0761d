import assert from "node:assert/strict";
import fc from "fast-check";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { type SqlParser, SyntaxFault } from "../../engine/core/ports.js";
import { redactLiterals } from "../../engine/core/redact-literals.js";
import { codeOnly, scanText } from "../../engine/core/scan-text.js";
import { skipBlanks } from "../../engine/core/skip-blanks.js";

/** Pieces that collide in every way SQL's lexical rules know. */
const pieces = fc.constantFrom(
  ...[
    "'",
    "''",
    "E'",
    "e'",
    "nE'",
    "\\'",
    "\\",
    "U&'",
    '"',
    '""',
    "$$",
    "$a$",
    "$é$",
    "$1",
    "a$b$c",
    "x$$",
    "1$$",
    "0x1",
    "1e5",
    "1_0",
    ".",
  ],
  ...[
    "--",
    "/*",
    "*/",
    "/",
    "*",
    "-",
    "\n",
    " ",
    "\t",
    ";",
    ":",
    "a",
    "1",
    "é",
    "😀",
    "(",
    ")",
    "-- @verify",
    "select",
    ".",
  ],
);
const texts = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(""));

describe("cutting SQL into code, literals and comments", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  it("covers every text without gaps", () => {
    fc.assert(
      fc.property(texts, (text) => {
        let position = 0;
        for (const { offset, end } of scanText(text)) {
          assert.equal(offset, position);
          assert.ok(end > offset);
          position = end;
        }
        assert.equal(position, text.length);
      }),
    );
  });

  it("finds exactly the comments, strings and quoted names that PostgreSQL's scanner finds", () => {
    let compared = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const theirs = tokensOf(text, parser);
        if (theirs === undefined) return;
        compared++;
        const ours = scanText(text).filter(({ kind }) => kind !== "code");
        assert.deepEqual(
          ours.map(({ kind, offset, end }) => `${kind} ${text.slice(offset, end)}`),
          theirs,
        );
      }),
      { numRuns: 3000 },
    );
    assert.ok(compared > 500, `only ${compared} texts had tokens to compare`);
  });

  for (const text of ["'a'\n'b'", "E'a'\n  'it\\'s' ", "'a' -- why\n", "'a' 'b'", "'a'\n", "E'a'\n'b"]) {
    it(`goes on with a string as PostgreSQL does: ${JSON.stringify(text)}`, () => {
      const theirs = tokensOf(text, parser);
      const ours = scanText(text).filter(({ kind }) => kind !== "code");
      if (theirs === undefined) assert.ok(ours.some(({ isClosed }) => !isClosed));
      else
        assert.deepEqual(
          ours.map(({ kind, offset, end }) => `${kind} ${text.slice(offset, end)}`),
          theirs,
        );
    });
  }

  it("never leaves a letter of a string, a digit or a comment behind when literals are blotted out", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,9}$/), fc.integer({ min: 10 }), (secret, amount) => {
        const text = `SELECT '${secret}', E'\\'${secret}', $q$${secret}$q$, ${amount}, 0x1F, 1.5e3 -- ${secret}\n/* ${secret} */ FROM "t1";`;
        const redacted = redactLiterals(text);
        assert.ok(!redacted.includes(secret) && !redacted.includes(String(amount)), redacted);
        assert.ok(redacted.includes('FROM "t1"'));
        assert.equal(Array.from(redacted).length, Array.from(text).length);
      }),
    );
  });

  it("blots out everything where a quote never closes: nobody can tell what is a literal", () => {
    assert.doesNotMatch(redactLiterals("SELECT 'it's secret';"), /[a-z]/i);
  });

  it("keeps code where it was when the rest is blanked out", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const code = codeOnly(text);
        assert.equal(code.length, text.length);
        for (const { kind, offset, end } of scanText(text)) {
          if (kind === "code") assert.equal(code.slice(offset, end), text.slice(offset, end));
          else assert.match(code.slice(offset, end), /^[\n ]*$/);
        }
      }),
    );
  });

  it("skips blanks and comments, nested ones included, up to the first code", () => {
    assert.equal(skipBlanks("  -- a\n/* b /* c */ d */ \n SELECT", 0), "  -- a\n/* b /* c */ d */ \n ".length);
    assert.equal(skipBlanks("-- only", 0), "-- only".length);
    assert.equal(skipBlanks("/* open", 0), "/* open".length);
  });
});

/** The scanner's literals and comments by our names; undefined where it refuses the text. */
function tokensOf(text: string, parser: SqlParser): string[] | undefined {
  try {
    return parser.scan(text).flatMap((token) => {
      if (token.kind === "comment") return `${token.text.startsWith("--") ? "line" : "block"}-comment ${token.text}`;
      const quote = token.text.search(/['"$]/);
      if (token.kind === "string") return `string ${token.text.slice(quote)}`;
      return token.kind === "identifier" && /^(U&)?"/i.test(token.text) ? `quoted ${token.text.slice(quote)}` : [];
    });
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined;
    throw error;
  }
}
