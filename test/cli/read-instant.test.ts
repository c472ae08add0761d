import assert from "node:assert/strict";
import { readInstant } from "../../cli/read-instant.js";

describe("an instant on the command line", () => {
  const READ: readonly (readonly [text: string, at: string, micros: number])[] = [
    ["2026-01-19T09:30:00Z", "2026-01-19T09:30:00.000Z", 0],
    ["2026-01-19 09:30:00.123456+00", "2026-01-19T09:30:00.123Z", 456],
    ["2026-01-19T10:30:00+01:00", "2026-01-19T09:30:00.000Z", 0],
    ["2026-01-19 10:30:00.5+0100", "2026-01-19T09:30:00.500Z", 0],
    ["2026-01-19T09:30", "2026-01-19T09:30:00.000Z", 0],
    ["2026-01-19", "2026-01-19T00:00:00.000Z", 0],
    ["2026-01-19T09:30:00,25", "2026-01-19T09:30:00.250Z", 0],
    [" 2026-01-19t09:30:00z ", "2026-01-19T09:30:00.000Z", 0],
  ];
  for (const [text, at, micros] of READ) {
    it(`${text} is ${at}${micros === 0 ? "" : ` and ${micros} µs`}`, () => {
      assert.deepEqual(readInstant("--to", text), { at: new Date(at), micros });
    });
  }

  for (const text of ["yesterday", "", "2026-13-01", "19.01.2026", "09:30", "2026-01-19T25:00"]) {
    it(`"${text}" is refused, with a form to copy`, () => {
      assert.throws(() => readInstant("--to", text), {
        code: "invalid_usage",
        message: `--to: "${text}" is no instant.`,
      });
    });
  }
});
