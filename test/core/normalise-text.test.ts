import assert from "node:assert/strict";
import fc from "fast-check";
import { HoldfastError } from "../../engine/core/errors.js";
import { checksumOf, decodeText, normaliseText } from "../../engine/core/normalise-text.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const BOM = "\uFEFF";

describe("the text of a migration", () => {
  it("has one checksum whatever the line endings and with or without a byte-order mark", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (lines) => {
        const clean = lines.map((line) => line.replace(/[\r\n\uFEFF]/g, ""));
        const checksums = ["\n", "\r\n", "\r"].flatMap((end) =>
          [clean.join(end), BOM + clean.join(end)].map((text) => checksumOf(normaliseText(text))),
        );
        assert.equal(new Set(checksums).size, 1);
      }),
    );
  });

  it("has another checksum after any other edit, a blank included", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.constantFrom(" ", ";", "x", "\n"), (text, at, edit) => {
        const normalised = normaliseText(text);
        const place = normalised.length === 0 ? 0 : at % (normalised.length + 1);
        const edited = normalised.slice(0, place) + edit + normalised.slice(place);
        assert.notEqual(checksumOf(normaliseText(edited)), checksumOf(normalised));
      }),
    );
  });

  it("stays as it is when normalised again", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.startsWith(BOM + BOM)),
        (text) => {
          assert.equal(normaliseText(normaliseText(text)), normaliseText(text));
        },
      ),
    );
  });

  it("comes back from its bytes unchanged", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
        (text) => {
          assert.equal(decodeText(bytes(text), "x.sql"), text);
        },
      ),
    );
  });

  const broken: [string, Uint8Array, RegExp, number][] = [
    ["a Latin-1 umlaut in line 3", Uint8Array.from([...bytes("SELECT 1;\n\n-- "), 0xfc, 0x0a]), /not UTF-8/, 3],
    ["a sequence cut off at the end", Uint8Array.from([...bytes("SELECT '"), 0xe2, 0x82]), /not UTF-8/, 1],
    ["UTF-16 with its mark", Uint8Array.from([0xff, 0xfe, 0x53, 0x00]), /UTF-16/, 1],
    ["a NUL in line 2", bytes("SELECT 1;\nSELECT '\0';"), /NUL/, 2],
    ["an encoded surrogate", Uint8Array.from([0xed, 0xa0, 0x80]), /not UTF-8/, 1],
  ];
  for (const [what, content, message, line] of broken) {
    it(`is refused with ${what}, and the line is named`, () => {
      assert.throws(
        () => decodeText(content, "migrations/0001_x.sql"),
        (error) =>
          error instanceof HoldfastError &&
          error.code === "invalid_migration" &&
          message.test(error.message) &&
          error.message.includes("migrations/0001_x.sql") &&
          error.details.location?.line === line,
      );
    });
  }
});
