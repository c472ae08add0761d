import fc from "fast-check";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { editsAreCaught, hidingIsInVain, schemasChangeNothing, spellingChangesNothing } from "./mutation/properties.js";

/** Few here, for speed; soak/lint-mutation.test.ts runs many. fast-check prints the seed of what fails. */
const FEW = { numRuns: 150 };

describe("the linter, mutated", function () {
  this.timeout(120_000);
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  it("catches the edit that makes a safe file unsafe, and lets the file without it pass", () => {
    fc.assert(editsAreCaught(parser), FEW);
  });

  it("catches an unsafe statement wherever it is hidden", () => {
    fc.assert(hidingIsInVain(parser), FEW);
  });

  it("says the same of the same statements with other blanks, comments, capitals and quotes", () => {
    fc.assert(spellingChangesNothing(parser), FEW);
  });

  it("says the same of the same tables with their schema written out", () => {
    fc.assert(schemasChangeNothing(parser), FEW);
  });
});
