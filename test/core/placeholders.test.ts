import assert from "node:assert/strict";
import fc from "fast-check";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { asParameters, findPlaceholders, replacePlaceholders } from "../../engine/core/placeholders.js";
import type { SqlParser } from "../../engine/core/ports.js";

describe("a backfill's placeholders", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  it("are found in any case and anywhere but in strings, names, comments and casts", () => {
    const sql = `UPDATE t SET a = ':from', b = $x$:to$x$, "c:from" = a::text, d = E'\\':to' /* :from */ -- :to
      WHERE (i, j) BETWEEN (:from) AND (:TO)`;
    const found = findPlaceholders(sql, parser);
    assert.deepEqual(
      found.map(({ name, offset, end }) => [name, sql.slice(offset, end)]),
      [
        ["from", ":from"],
        ["to", ":TO"],
      ],
    );
    assert.match(
      replacePlaceholders(sql, found, ({ name }) => `<${name}>`),
      /BETWEEN \(<from>\) AND \(<to>\)$/,
    );
  });

  it("are none where a blank stands behind the colon, or another word", () => {
    assert.deepEqual(findPlaceholders("SELECT a[1: from], :fromage, :t o", parser), []);
  });

  it("leave every other character where it was", () => {
    const piece = fc.constantFrom(":from", ":to", "'", "':from'", " ", "😀", '"x"', "--\n", "::", ":", "a");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (parts) => {
        const sql = `SELECT ${parts.join(" ")}`;
        try {
          const found = findPlaceholders(sql, parser);
          const parameters = asParameters(sql, found);
          assert.equal(parameters.length, sql.length);
          assert.equal(
            replacePlaceholders(sql, found, ({ offset, end }) => sql.slice(offset, end)),
            sql,
          );
        } catch (error) {
          assert.equal((error as Error).name, "SyntaxFault");
        }
      }),
    );
  });
});
