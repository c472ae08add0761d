import type { PlacedStatement } from "../analysed-migration.js";
import { asNodes, fieldsOf } from "../ast.js";
import { relationName } from "../sql-names.js";
import type { CatalogPicture } from "./compare-catalogs.js";
import type { DataLoss } from "./rehearsal-report.js";

/**
 * What a rollback takes from those who have written since the file ran: every table and column that the file made and the
 * rollback takes away again, and the rows that the rollback itself deletes or overwrites.
 */
export function writtenSince(
  up: CatalogPicture,
  down: CatalogPicture,
  rollback: readonly PlacedStatement[],
): DataLoss[] {
  const gone = [...up.keys()].filter((object) => !down.has(object));
  const tables = gone.flatMap((object) => nameAfter("table ", object) ?? []);
  const columns = gone.flatMap((object) => nameAfter("column ", object) ?? []);
  const ofOthers = columns.filter((column) => !tables.includes(tableOf(column)));
  return [
    ...tables.map((table): DataLoss => ({
      table,
      column: null,
      values: null,
      isWhole: true,
      what: `every row of ${table}`,
    })),
    ...ofOthers.map((name): DataLoss => {
      const table = tableOf(name);
      return {
        table,
        column: name.slice(table.length + 1),
        values: null,
        isWhole: true,
        what: `every value of ${name}`,
      };
    }),
    ...rollback.flatMap(rowsTouched),
  ];
}

function nameAfter(kind: string, object: string): string | undefined {
  return object.startsWith(kind) ? object.slice(kind.length) : undefined;
}

/** `public.users` of `public.users.email`; the last part may be quoted, and then hold dots. */
function tableOf(column: string): string {
  const last = /\.(?:"(?:[^"]|"")*"|[^."]*)$/.exec(column);
  return last === null ? column : column.slice(0, last.index);
}

function rowsTouched({ node, kind, line }: PlacedStatement): DataLoss[] {
  const fields = fieldsOf(node);
  const verb = ROW_VERBS[kind];
  if (verb === undefined) return [];
  const relations =
    kind === "TruncateStmt"
      ? asNodes(fields["relations"]).map((relation) => relation["RangeVar"])
      : [fields["relation"]];
  return relations.map((relation) => {
    const table = relationName(relation).replaceAll('"', "");
    return { table, column: null, values: null, isWhole: false, what: `what line ${line} ${verb} in ${table}` };
  });
}

const ROW_VERBS: Readonly<Partial<Record<string, string>>> = {
  DeleteStmt: "deletes",
  TruncateStmt: "deletes",
  UpdateStmt: "overwrites",
};
