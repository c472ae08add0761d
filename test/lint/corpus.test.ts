import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { ALL, CORPUS } from "./corpus/index.js";
import { differences, recordedLabels, recordLabels } from "./corpus/labels.js";
import { UNSEEN } from "./corpus/unseen.js";
import { judgeCorpusRow } from "./corpus/lint-corpus-row.js";
import { judgeRows, ratesOf, renderRates, type Judged } from "./corpus/measure-rates.js";
import { probeAll } from "./probe/probe-all.js";
import { rowKey, type CorpusRow } from "./probe/probed-row.js";

const missed = ({ row }: Judged): string => `  missed       ${rowKey(row)}`;
const alarmed = ({ row, rules }: Judged): string => `  false alarm  ${rowKey(row)}: ${rules.join(", ")}`;
/** Each run asks the server about one row in so many, soak/lint-corpus.test.ts about all. */
const ONE_IN = 8;
/** Re-records the labels: `HOLDFAST_RECORD_CORPUS=1 npx mocha test/lint/corpus.test.ts`. */
const RECORD = process.env["HOLDFAST_RECORD_CORPUS"] === "1";

describe("the corpus of migrations", function () {
  this.timeout(600_000);
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  it("has at least 300 rows whose harm a server shows, each under a name of its own", () => {
    assert.equal(new Set(ALL.map(rowKey)).size, ALL.length);
    assert.ok(ALL.filter(({ unmeasured }) => unmeasured === undefined).length >= 300);
  });

  it("is labelled by what a server does with each row, and by nobody's opinion", async () => {
    if (RECORD) recordLabels(await probeAll(parser, ALL));
    assert.deepEqual(
      ALL.map(rowKey).filter((key) => recordedLabels()[key] === undefined),
      [],
      "each row has its label",
    );
    const asked = ALL.filter((_, index) => index % ONE_IN === 0);
    assert.deepEqual(differences(await probeAll(parser, asked), asked), []);
  });

  /** @param isListed what is missed is told by name, not only counted */
  const demand = (title: string, rows: readonly CorpusRow[], isListed: boolean): void => {
    const rates = ratesOf(judgeRows(rows, recordedLabels(), (row) => judgeCorpusRow(parser, row)));
    process.stdout.write(`\n${renderRates(title, rates)}\n`);
    const told = (isListed ? [...rates.missed.map(missed), ...rates.alarmed.map(alarmed)] : []).join("\n");
    process.stdout.write(`${told}\n`);
    assert.ok(rates.caught >= 0.95, told);
    assert.ok(rates.falseAlarms <= 0.03, told);
  };

  it("shows that the linter catches 95 % of what is unsafe, with at most 3 % false alarms", () => {
    demand("The rows the rules were mended by", CORPUS, true);
  });

  it("shows the same on rows that nobody who wrote a rule has seen", () => {
    demand("The rows kept back", UNSEEN, false);
  });
});
