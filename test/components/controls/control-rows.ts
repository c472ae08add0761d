import type { ControlRow } from "./control-row.js";
import { databaseRows } from "./database-rows.js";
import { otherRows } from "./other-rows.js";

export const CONTROL_ROWS: readonly ControlRow[] = [...databaseRows, ...otherRows];
