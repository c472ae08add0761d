import assert from "node:assert/strict";
import { findScheduleFault } from "../../../components/backup/check-schedule.js";

const GOOD = [
  "cron(0 3 * * ? *)",
  "cron(30 1 ? * SUN *)",
  "cron(0 5 ? * 1-5 *)",
  "cron(15 0/6 * * ? *)",
  "cron(0 22 1,15 * ? *)",
  "cron(0 4 L * ? *)",
  "cron(0 4 ? JAN,JUL SAT#1 *)",
  "cron(0 4 * * ? 2026-2030)",
];

const BAD: readonly (readonly [string, RegExp])[] = [
  ["0 3 * * *", /not of the form cron\(minutes hours/],
  ["rate(1 day)", /not of the form cron/],
  ["cron(0 3 * * *)", /5 fields, an AWS schedule has 6/],
  ["cron(60 3 * * ? *)", /minutes cannot be "60"/],
  ["cron(0 24 * * ? *)", /hours cannot be "24"/],
  ["cron(0 3 32 * ? *)", /day of the month cannot be "32"/],
  ["cron(0 3 * 13 ? *)", /month cannot be "13"/],
  ["cron(0 3 ? * 8 *)", /day of the week cannot be "8"/],
  ["cron(0 3 ? * SONNTAG *)", /day of the week cannot be "SONNTAG"/],
  ["cron(0 3 * * ? 1969)", /year cannot be "1969"/],
  ["cron(0 3 * * * *)", /exactly one of day of the month and day of the week must be "\?"/],
  ["cron(0 3 ? * ? *)", /exactly one of/],
  ["cron(0/15 3 * * ? *)", /once an hour at most/],
  ["cron(* 3 * * ? *)", /once an hour at most/],
  ["cron(0 3/0 * * ? *)", /hours cannot be "3\/0"/],
  ["cron(0 1-2-3 * * ? *)", /hours cannot be/],
];

describe("a backup schedule", () => {
  for (const expression of GOOD) {
    it(`may be ${expression}`, () => assert.equal(findScheduleFault(expression), undefined));
  }

  for (const [expression, fault] of BAD) {
    it(`cannot be ${expression}, and the reason is told`, () => {
      assert.match(findScheduleFault(expression) ?? "", fault);
    });
  }
});
