import fc from "fast-check";
import { loadSqlParser } from "../engine/adapters/libpg-sql-parser.js";
import type { SqlParser } from "../engine/core/ports.js";
import {
  editsAreCaught,
  hidingIsInVain,
  schemasChangeNothing,
  spellingChangesNothing,
} from "../test/lint/mutation/properties.js";

const MANY = { numRuns: 20_000 };

describe("the linter, mutated many times over", function () {
  this.timeout(7_200_000);
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  const properties = {
    "catches careless edits": editsAreCaught,
    "catches what is hidden": hidingIsInVain,
    "is told nothing new by another spelling": spellingChangesNothing,
    "is told nothing new by a schema": schemasChangeNothing,
  };
  for (const [promise, property] of Object.entries(properties)) {
    it(promise, () => {
      fc.assert<unknown>(property(parser), MANY);
    });
  }
});
