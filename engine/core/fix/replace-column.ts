import type { LiveTable } from "../lint/live-table.js";
import type { JudgedStatement } from "../lint/rule.js";
import type { Column } from "../lint/schema/objects.js";
import { sqlIdentifier } from "../lint/statement-facts.js";
import { batchWalk, NO_KEY } from "./batch-key.js";
import type { FixStep, StatementFix } from "./fix-step.js";
import { columnIsThere, ownName, requiredColumn } from "./required-column.js";

/** A column that takes another one's place. */
export interface Replacement {
  readonly live: LiveTable;
  readonly old: Column;
  readonly newName: string;
  /** As SQL. */
  readonly newType: string;
  /** The new value of a row, as SQL over its columns. */
  readonly forward: string;
  /** The old value of a row, as SQL over its columns. */
  readonly backward: string;
}

/** Expand with a sync trigger, backfill, switch, contract: rows of both releases are kept in both columns meanwhile. */
export function replaceColumn(replacement: Replacement, { schema }: JudgedStatement): StatementFix | string {
  const { live, old, newName } = replacement;
  const obstacle = obstacleOf(
    replacement,
    schema.indexesOf(live.id).some(({ columns }) => columns.includes(old.name)),
  );
  const walk = batchWalk(live);
  if (obstacle !== undefined) return obstacle;
  if (walk === undefined) return NO_KEY;
  const required = requiredColumn(live, newName);
  const [name, quotedOld] = [sqlIdentifier(newName), sqlIdentifier(old.name)];
  const trigger = sqlIdentifier(ownName(live, "sync", newName));
  const dropTrigger = `DROP TRIGGER ${trigger} ON ${live.sql};\nDROP FUNCTION ${trigger}();`;
  const fill: FixStep = {
    phase: "backfill",
    why: "the rows written before the trigger",
    description: `fill ${ownName(live, newName)}`,
    batch: walk.tag,
    body: `UPDATE ${live.sql} SET ${name} = ${replacement.forward} WHERE ${name} IS NULL AND ${walk.condition};`,
    rollback: "restore the values go away with the column",
  };
  const last: FixStep = {
    phase: "contract",
    why: `no living release reads or writes ${live.name}.${old.name} any more`,
    description: `drop ${ownName(live, old.name)}`,
    body: [
      dropTrigger,
      ...(old.isNotNull ? [required.drop] : []),
      `ALTER TABLE ${live.sql} DROP COLUMN ${quotedOld};`,
    ].join("\n"),
    rollback: "restore the old column is kept until it is purged: holdfast undo brings it back until then",
  };
  return {
    inPlace: [
      `ALTER TABLE ${live.sql} ADD COLUMN ${name} ${replacement.newType};`,
      ...(old.isNotNull ? [required.check] : []),
      syncTrigger(replacement, trigger),
    ].join("\n"),
    inPlaceRollback: `${dropTrigger}\nALTER TABLE ${live.sql} DROP COLUMN ${name};`,
    later: [{ ...fill, verify: columnIsThere(live, newName) }, ...(old.isNotNull ? [required.switch] : []), last],
  };
}

function obstacleOf({ old, live }: Replacement, isIndexed: boolean): string | undefined {
  if (old.hasDefault) return `${old.name} has a default: give it to the new column by hand`;
  if (old.isIdentity || old.generated !== undefined) return `the server itself fills ${old.name}`;
  const constraint = [...(live.table?.constraints.values() ?? [])].find(
    ({ kind, columns }) => kind !== "not null" && columns.includes(old.name),
  );
  if (constraint !== undefined)
    return `the constraint ${constraint.name} names it: give the new column one of its own first`;
  if (isIndexed) return `an index names it: give the new column one of its own first`;
  return old.type.name === "" ? "no file shows its type" : undefined;
}

/** The old release writes one column, the new one the other; whoever changes one changes both. */
function syncTrigger({ live, old, newName, forward, backward }: Replacement, trigger: string): string {
  const [o, n] = [sqlIdentifier(old.name), sqlIdentifier(newName)];
  const ahead = `(SELECT ${forward} FROM (SELECT NEW.*) AS written)`;
  const back = `(SELECT ${backward} FROM (SELECT NEW.*) AS written)`;
  return `CREATE FUNCTION ${trigger}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.${n} := coalesce(NEW.${n}, ${ahead});
    NEW.${o} := coalesce(NEW.${o}, ${back});
  ELSIF NEW.${o} IS DISTINCT FROM OLD.${o} THEN
    NEW.${n} := ${ahead};
  ELSIF NEW.${n} IS DISTINCT FROM OLD.${n} THEN
    NEW.${o} := ${back};
  ELSE
    NEW.${n} := coalesce(NEW.${n}, ${ahead});
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE ON ${live.sql}
  FOR EACH ROW EXECUTE FUNCTION ${trigger}();`;
}
