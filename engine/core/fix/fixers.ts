import { fixAddedColumn } from "./fix-added-column.js";
import { fixCheckedConstraint, fixKey } from "./fix-constraint.js";
import { fixRename, fixType } from "./fix-column.js";
import { fixIndex, fixReindex } from "./fix-index.js";
import { fixNotNull } from "./fix-not-null.js";
import type { Fixer } from "./fix-step.js";
import { fixUpdate } from "./fix-update.js";

/** What can be split mechanically, by the rule that objects. */
export const FIXERS: Readonly<Partial<Record<string, Fixer>>> = {
  "create-index-blocking": fixIndex,
  "reindex-blocking": fixReindex,
  "add-check-valid": fixCheckedConstraint,
  "add-fk-valid": fixCheckedConstraint,
  "add-unique": fixKey,
  "add-primary-key": fixKey,
  "set-not-null": fixNotNull,
  "add-column-volatile-default": fixAddedColumn,
  "add-required-column": fixAddedColumn,
  "update-all": fixUpdate,
  "unbatched-backfill": fixUpdate,
  "ddl-plus-dml": fixUpdate,
  "rename-column": fixRename,
  "alter-type-rewrite": fixType,
};
