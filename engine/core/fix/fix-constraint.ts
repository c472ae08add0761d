import { asFields, asText } from "../ast.js";
import { alteredLiveTable, type LiveTable } from "../lint/live-table.js";
import type { JudgedStatement } from "../lint/rule.js";
import type { Constraint } from "../lint/schema/objects.js";
import { replay } from "../lint/schema/replay.js";
import { alterations, printId, sqlIdentifier } from "../lint/statement-facts.js";
import { quoteLiteral } from "../quote-identifier.js";
import { ownName } from "./required-column.js";
import type { Fixer } from "./fix-step.js";

/** ADD CHECK, ADD FOREIGN KEY: NOT VALID, and validated by a file of its own. */
export const fixCheckedConstraint: Fixer = (statement) => {
  const added = addedConstraint(statement);
  if (typeof added === "string") return added;
  const { live, constraint } = added;
  const name = sqlIdentifier(constraint.name);
  return {
    inPlace: `${statement.text} NOT VALID;`,
    inPlaceRollback: `ALTER TABLE ${live.sql} DROP CONSTRAINT ${name};`,
    later: [
      {
        phase: "switch",
        why: "old rows are read while reads and writes go on",
        description: `validate ${constraint.name}`,
        body: `ALTER TABLE ${live.sql} VALIDATE CONSTRAINT ${name};`,
        verify: `SELECT convalidated FROM pg_constraint\nWHERE conrelid = ${quoteLiteral(live.sql)}::regclass AND conname = ${quoteLiteral(constraint.name)};`,
      },
    ],
  };
};

/** ADD UNIQUE, ADD PRIMARY KEY: the index first, CONCURRENTLY, then the constraint by it. */
export const fixKey: Fixer = (statement) => {
  const added = addedConstraint(statement);
  if (typeof added === "string") return added;
  const { live, constraint } = added;
  const isPrimary = constraint.kind === "primary key";
  if (isPrimary && constraint.columns.some((column) => live.table?.columns.get(column)?.isNotNull !== true)) {
    return "a primary key also makes its columns NOT NULL: prove that first";
  }
  const name = sqlIdentifier(constraint.name);
  const columns = constraint.columns.map(sqlIdentifier).join(", ");
  return {
    later: [
      {
        phase: "expand",
        why: "built beside the traffic: CONCURRENTLY cannot run inside a transaction",
        description: `index ${constraint.name}`,
        body: `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${live.sql} (${columns});`,
        verify: `SELECT indisvalid FROM pg_index WHERE indexrelid = ${quoteLiteral(name)}::regclass;`,
        rollback: `DROP INDEX CONCURRENTLY ${name};`,
      },
      {
        phase: "switch",
        why: "the index is there: the constraint takes it over in an instant",
        description: `add ${constraint.name}`,
        body: `ALTER TABLE ${live.sql} ADD CONSTRAINT ${name} ${isPrimary ? "PRIMARY KEY" : "UNIQUE"} USING INDEX ${name};`,
        rollback: `ALTER TABLE ${live.sql} DROP CONSTRAINT ${name};`,
      },
    ],
  };
};

interface AddedConstraint {
  readonly live: LiveTable;
  readonly constraint: Constraint;
}

/** The one constraint that an ALTER TABLE adds, with the name it gets. */
function addedConstraint(statement: JudgedStatement): AddedConstraint | string {
  const live = alteredLiveTable(statement);
  const [command, ...others] = alterations(statement);
  if (live === undefined || command === undefined || others.length > 0) return "the statement does more than that";
  if (command["subtype"] !== "AT_AddConstraint") return "it comes with a column: write the two apart";
  const definition = asFields(asFields(command["def"])["Constraint"]);
  if (definition["deferrable"] === true && definition["contype"] !== "CONSTR_FOREIGN") {
    return "a deferrable constraint cannot take over an index";
  }
  const after = statement.schema.copy();
  replay(statement.node, after, { file: statement.file.order, isCertain: true });
  const constraint = [...(after.tables.get(live.id)?.constraints.values() ?? [])].find(
    ({ name }) => live.table?.constraints.has(name) !== true,
  );
  if (constraint === undefined) return `what ${printId(live.id)} gets is not clear`;
  return { live, constraint: { ...constraint, name: asText(definition["conname"]) || nameOf(live, constraint) } };
}

function nameOf(live: LiveTable, { name }: Constraint): string {
  return name === "" ? ownName(live, "check") : name;
}
