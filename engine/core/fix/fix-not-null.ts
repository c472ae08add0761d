import { asText } from "../ast.js";
import { alteredLiveTable } from "../lint/live-table.js";
import { alterations, isNewHere } from "../lint/statement-facts.js";
import { constantFill } from "./constant-fill.js";
import type { Fixer } from "./fix-step.js";
import { requiredColumn } from "./required-column.js";

/** SET NOT NULL: a CHECK that holds for new rows, validated by a file of its own. Rows that are NULL stop the validation. */
export const fixNotNull: Fixer = (statement) => {
  const live = alteredLiveTable(statement);
  const [command, ...others] = alterations(statement);
  if (live === undefined || command === undefined || others.length > 0) return "the statement does more than that";
  const column = asText(command["name"]);
  const known = live.table?.columns.get(column);
  if (
    isNewHere(statement, known) &&
    known?.hasDefault !== true &&
    constantFill(statement, live.id, column) === undefined
  ) {
    return `the release still running does not write ${column}: give it a DEFAULT, or fill it by a trigger`;
  }
  const required = requiredColumn(live, column);
  return {
    inPlace: required.check,
    inPlaceRollback: required.drop,
    later: [required.switch, required.contract],
  };
};
