import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, type Fields } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import type { Maker, Table } from "./objects.js";
import { alterTable } from "./replay-alter-table.js";
import { createTable, createTableAs, createView, newTableId, seenTable } from "./replay-create.js";
import { namedColumns } from "./read-constraint.js";
import { rename, setSchema } from "./replay-rename.js";
import { createRoutine } from "./replay-routines.js";
import { alterDomain, alterEnum, createComposite, createDomain, createEnum, createRange } from "./replay-types.js";
import { DEFAULT_PATH, listParts, type Schema } from "./schema.js";

/** Changes the schema as the server would change its catalog, as far as rules ask for it. */
export function replay(node: AstNode, schema: Schema, maker: Maker): void {
  REPLAYS[kindOf(node)]?.(fieldsOf(node), schema, maker);
}

type Replay = (fields: Fields, schema: Schema, maker: Maker) => void;

const REPLAYS: Readonly<Partial<Record<string, Replay>>> = {
  CreateStmt: (fields, schema, maker) => {
    createTable(fields, schema, unlessThere(fields, maker, schema));
  },
  CreateForeignTableStmt: (fields, schema, maker) => {
    const base = asFields(fields["base"]);
    createTable(base, schema, unlessThere(base, maker, schema), "foreign table");
  },
  CreateTableAsStmt: (fields, schema, maker) => {
    const kind = fields["objtype"] === "OBJECT_MATVIEW" ? "materialized view" : "table";
    createTableAs(fields["into"], schema, unlessThere(fields, maker, schema), kind);
  },
  SelectStmt: (fields, schema, maker) => {
    if (fields["intoClause"] !== undefined) createTableAs(fields["intoClause"], schema, maker, "table");
  },
  ViewStmt: createView,
  AlterTableStmt: alterTable,
  RenameStmt: rename,
  AlterObjectSchemaStmt: setSchema,
  DropStmt: drop,
  IndexStmt: createIndex,
  CreateEnumStmt: createEnum,
  AlterEnumStmt: alterEnum,
  CreateDomainStmt: createDomain,
  AlterDomainStmt: alterDomain,
  CompositeTypeStmt: createComposite,
  CreateRangeStmt: createRange,
  CreateFunctionStmt: createRoutine,
  CreateSeqStmt: (fields, schema, maker) => {
    const id = newTableId(asFields(fields["sequence"]), schema);
    schema.sequences.set(id, { id, maker: unlessThere(fields, maker, schema) });
  },
  CreateTrigStmt: (fields, schema, maker) => {
    change(fields["relation"], schema, maker, (table) => ({
      ...table,
      triggers: new Set([...table.triggers, asText(fields["trigname"])]),
    }));
  },
  CreatePolicyStmt: (fields, schema, maker) => {
    change(fields["table"], schema, maker, (table) => ({
      ...table,
      policies: new Set([...table.policies, asText(fields["policy_name"])]),
    }));
  },
  CreateSchemaStmt: (fields, schema, maker) => {
    schema.schemas.set(asText(fields["schemaname"]), unlessThere(fields, maker, schema));
    for (const element of asNodes(fields["schemaElts"])) replay(element, schema, maker);
  },
  GrantStmt: (fields, schema) => {
    schema.hasTableGrants ||= fields["is_grant"] === true && fields["objtype"] === "OBJECT_TABLE";
  },
  VariableSetStmt: setVariable,
};

/** With IF NOT EXISTS it may be an old one of other shape. */
function unlessThere(fields: Fields, maker: Maker, schema: Schema): Maker {
  if (fields["if_not_exists"] !== true) return maker;
  return { ...maker, isCertain: false, isLikely: maker.isCertain && schema.showsTables(maker.file) };
}

function change(rangeVar: unknown, schema: Schema, maker: Maker, how: (table: Table) => Table): void {
  const id = schema.tableId(rangeVar);
  schema.tables.set(id, how(seenTable(id, schema, maker)));
}

function createIndex(fields: Fields, schema: Schema, maker: Maker): void {
  const table = schema.tableId(fields["relation"]);
  const columns = asNodes(fields["indexParams"]).map((node) => {
    const name = asText(asFields(node["IndexElem"])["name"]);
    return name === "" ? null : name;
  });
  const name = asText(fields["idxname"]) || `${[table.slice(table.indexOf(".") + 1), ...columns].join("_")}_idx`;
  const id = `${table.slice(0, table.indexOf("."))}.${name}`;
  schema.indexes.set(id, {
    ...{ id, table, columns },
    isUnique: fields["unique"] === true,
    isPartial: fields["whereClause"] !== undefined,
    named: namedColumns([fields["indexParams"], fields["whereClause"]]),
    maker: unlessThere(fields, maker, schema),
  });
}

function drop(fields: Fields, schema: Schema): void {
  for (const object of asNodes(fields["objects"])) {
    switch (fields["removeType"]) {
      case "OBJECT_TABLE":
      case "OBJECT_VIEW":
      case "OBJECT_MATVIEW":
      case "OBJECT_FOREIGN_TABLE":
        dropTable(schema.idOf(listParts(object), schema.tables), schema);
        break;
      case "OBJECT_INDEX":
        schema.indexes.delete(schema.idOf(listParts(object), schema.indexes));
        break;
      case "OBJECT_TYPE":
      case "OBJECT_DOMAIN":
        schema.types.delete(schema.idOf(asTexts(asFields(object["TypeName"])["names"]), schema.types));
        break;
      case "OBJECT_SEQUENCE":
        schema.sequences.delete(schema.idOf(listParts(object), schema.sequences));
        break;
      case "OBJECT_SCHEMA":
        schema.schemas.delete(asText(asFields(object["String"])["sval"]));
        break;
      case "OBJECT_TRIGGER":
      case "OBJECT_POLICY":
        dropFromTable(listParts(object), schema);
        break;
      case "OBJECT_FUNCTION":
      case "OBJECT_PROCEDURE":
      case "OBJECT_ROUTINE":
        dropRoutine(asFields(object["ObjectWithArgs"]), schema);
        break;
      default:
    }
  }
}

function dropTable(id: string, schema: Schema): void {
  for (const index of schema.indexesOf(id)) schema.indexes.delete(index.id);
  for (const partition of schema.partitionsOf(id)) dropTable(partition.id, schema);
  for (const sequence of schema.sequences.values()) if (sequence.ownedBy === id) schema.sequences.delete(sequence.id);
  schema.tables.delete(id);
}

/** The last part is the trigger's or policy's own name. */
function dropFromTable(parts: readonly string[], schema: Schema): void {
  const name = parts.at(-1) ?? "";
  const table = schema.tables.get(schema.idOf(parts.slice(0, -1), schema.tables));
  if (table === undefined) return;
  const [triggers, policies] = [new Set(table.triggers), new Set(table.policies)];
  triggers.delete(name);
  policies.delete(name);
  schema.tables.set(table.id, { ...table, triggers, policies });
}

function dropRoutine(object: Fields, schema: Schema): void {
  const id = schema.idOf(listParts(object["objname"]), schema.routines);
  const count = asNodes(object["objargs"]).length;
  const left = (schema.routines.get(id) ?? []).filter(
    ({ argumentTypes }) => object["args_unspecified"] !== true && argumentTypes.length !== count,
  );
  if (left.length === 0) schema.routines.delete(id);
  else schema.routines.set(id, left);
}

/** Only search_path matters: it says what a bare name means. */
function setVariable(fields: Fields, schema: Schema): void {
  const isReset = fields["kind"] === "VAR_RESET" || fields["kind"] === "VAR_SET_DEFAULT";
  if (fields["kind"] === "VAR_RESET_ALL" || (fields["name"] === "search_path" && isReset))
    schema.searchPath = DEFAULT_PATH;
  else if (fields["name"] === "search_path") {
    const path = asNodes(fields["args"]).map((node) => asText(asFields(asFields(node["A_Const"])["sval"])["sval"]));
    schema.searchPath = path.filter((one) => one !== "" && one !== "$user" && one !== "pg_catalog");
  }
}
