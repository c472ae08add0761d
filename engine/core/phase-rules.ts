import type { AnalysedMigration, AnalysedStatement } from "./analysed-migration.js";
import { asFields, asNodes, asText, asTexts, fieldsOf, kindOf, nodesWithin, type Fields } from "./ast.js";
import { HoldfastError } from "./errors.js";
import type { Migration, Phase } from "./migration.js";
import { NewObjects } from "./new-objects.js";
import type { AstNode, SqlParser } from "./ports.js";
import { reachStatements } from "./reach-statements.js";
import { routinesKnownTo, type RoutinesFile } from "./routines.js";
import { isScratch } from "./scratch-schema.js";
import { pointAt } from "./source-location.js";

/** A statement that stands in a phase where it does harm. */
interface Misplaced {
  /** `VALIDATE CONSTRAINT total_positive of orders` */
  readonly what: string;
  readonly belongsTo: Phase;
  /** What to do, in the imperative, with the reason. */
  readonly next: string;
}

/**
 * The list of what belongs to which phase (docs/migration-format.md). Told are only statements that do harm where they stand;
 * what is harmless in either phase is allowed in both. What destroys something is told by the safety rules, too; what is made by the
 * file itself, temporary or in the scratch schema is nobody else's business.
 * @param folder all files of the folder: bodies of routines that earlier files defined are found there
 * @returns wrong_phase errors, in order
 */
export function phaseFaults(
  analysed: AnalysedMigration,
  parser: SqlParser,
  folder: readonly RoutinesFile[] = [],
): HoldfastError[] {
  const { migration, statements } = analysed;
  if (migration.phase === "contract")
    return statements.flatMap((one) => faults(migration, one.offset, added(one.node)));
  const routines = routinesKnownTo(migration, statements, folder, parser);
  const made = new MadeHere(analysed);
  return statements.flatMap((statement) => {
    const reach = reachStatements(statement, { parser, routines, fileText: migration.text });
    const found = reach.statements.flatMap(({ node, inside, offset }) =>
      nodesRun(node).flatMap((inner) => {
        if (inside === undefined && made.holds(inner)) return [];
        const misplaced = [...takenAway(inner), ...(migration.phase === "expand" ? tightened(inner) : [])];
        return faults(migration, offset, misplaced, inside);
      }),
    );
    made.take(statement);
    return found;
  });
}

function faults(
  migration: Migration,
  offset: number,
  misplaced: readonly Misplaced[],
  inside?: string,
): HoldfastError[] {
  return misplaced.map(({ what, belongsTo, next }) => {
    const place = pointAt(migration, offset);
    const { line, column } = place.location;
    const where = inside === undefined ? "" : `, in ${inside},`;
    return new HoldfastError(
      "wrong_phase",
      `${migration.path}:${line}:${column}: ${what}${where} belongs to the ${belongsTo} phase, and this file is of phase ${migration.phase}.`,
      { ...place, next },
    );
  });
}

/** A rule's action is defined here and runs later. */
function nodesRun(node: AstNode): AstNode[] {
  return kindOf(node) === "RuleStmt" ? [] : nodesWithin(node);
}

/** What takes something away from the releases still running: only a contract may. */
function takenAway(node: AstNode): Misplaced[] {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "DeleteStmt":
      return [contract(`DELETE of rows of ${nameOf(fields["relation"])}`)];
    case "GrantStmt":
      return fields["is_grant"] === true ? [] : [contract(`REVOKE on ${grantTarget(fields)}`)];
    case "GrantRoleStmt":
      return fields["is_grant"] === true ? [] : [contract("REVOKE of a role's membership")];
    case "AlterDefaultPrivilegesStmt":
      return [];
    case "AlterTableStmt":
      return commandsOf(fields).flatMap((command) => narrowed(command, fields));
    default:
      return [];
  }
}

/** ALTER TYPE to what no other type widens to. */
function narrowed(command: Fields, table: Fields): Misplaced[] {
  if (command["subtype"] !== "AT_AlterColumnType") return [];
  const type = asTexts(asFields(asFields(asFields(command["def"])["ColumnDef"])["typeName"])["names"]).at(-1) ?? "";
  if (!NARROW_TYPES.has(type)) return [];
  return [contract(`TYPE ${type} for ${nameOf(table["relation"])}.${asText(command["name"])}, which narrows it,`)];
}

const NARROW_TYPES: ReadonlySet<string> = new Set(["int2", "bool", "date", "uuid"]);

function contract(what: string): Misplaced {
  const next =
    "Move it to a file of its own in a later release: `-- @phase contract` and `-- @closes <version of its expand>`; it then takes an approval and a backup.";
  return { what, belongsTo: "contract", next };
}

/** What the rows or the releases before do not yet fulfil: an expand may run beside any of them. */
function tightened(node: AstNode): Misplaced[] {
  const fields = fieldsOf(node);
  if (kindOf(node) === "AlterDomainStmt" && fields["subtype"] === "V")
    return [later(`VALIDATE CONSTRAINT ${asText(fields["name"])} of a domain`, VALIDATE)];
  if (kindOf(node) !== "AlterTableStmt") return [];
  const table = nameOf(fields["relation"]);
  return commandsOf(fields).flatMap(({ subtype, name }) => {
    if (subtype === "AT_ValidateConstraint") return later(`VALIDATE CONSTRAINT ${asText(name)} of ${table}`, VALIDATE);
    if (subtype === "AT_SetNotNull") return later(`SET NOT NULL of ${table}.${asText(name)}`, REQUIRE);
    return [];
  });
}

const VALIDATE =
  "The constraint is added NOT VALID in the expand, so that old rows are checked only once they are filled.";
const REQUIRE =
  "The release still running may write NULL. Add CHECK (… IS NOT NULL) NOT VALID first, and validate it before SET NOT NULL.";

function later(what: string, why: string): Misplaced {
  return { what, belongsTo: "switch", next: `Move it to a later file of its own: \`-- @phase switch\`. ${why}` };
}

/** New things in a contract: they would wait with it for its approval. */
function added(node: AstNode): Misplaced[] {
  const fields = fieldsOf(node);
  const relation = asFields(fields["relation"]);
  if (kindOf(node) === "CreateStmt") return isPassing(relation) ? [] : [expand(`CREATE TABLE ${nameOf(relation)}`)];
  if (kindOf(node) !== "AlterTableStmt" || isPassing(relation)) return [];
  return commandsOf(fields)
    .filter(({ subtype }) => subtype === "AT_AddColumn")
    .map(({ def }) =>
      expand(`ADD COLUMN ${asText(asFields(asFields(def)["ColumnDef"])["colname"])} to ${nameOf(relation)}`),
    );
}

function expand(what: string): Misplaced {
  const next =
    "Move it to a file of its own without `@phase`: a contract waits for its approval, and what a release needs would wait with it.";
  return { what, belongsTo: "expand", next };
}

/** What the file made so far, temporary and scratch tables included. */
class MadeHere {
  private readonly tables: NewObjects | undefined;
  private readonly others = new Set<string>();

  constructor({ execution }: AnalysedMigration) {
    // Outside a transaction a temporary table may be gone, and its name may mean the real one.
    this.tables = execution === "transaction" ? new NewObjects() : undefined;
  }

  holds(node: AstNode): boolean {
    const fields = fieldsOf(node);
    if (isPassing(asFields(fields["relation"]))) return true;
    if (kindOf(node) === "GrantStmt") return this.holdsGrant(fields);
    if (kindOf(node) === "AlterTableStmt" && this.holdsColumns(fields)) return true;
    return this.tables?.holdsAllOf(node) === true;
  }

  take(statement: AnalysedStatement): void {
    this.tables?.take(statement);
    for (const name of createdNames(statement.node)) this.others.add(name);
  }

  /** No release writes a column that did not exist before this file. */
  private holdsColumns(fields: Fields): boolean {
    return commandsOf(fields).every(
      ({ subtype, name }) => subtype !== "AT_ValidateConstraint" && this.others.has(columnOf(fields, name)),
    );
  }

  private holdsGrant(fields: Fields): boolean {
    const names = grantedNames(fields);
    return names.length > 0 && names.every((name) => this.others.has(name));
  }
}

function isPassing({ schemaname, relpersistence }: Fields): boolean {
  return relpersistence === "t" || isScratch(asText(schemaname)) || schemaname === "pg_temp";
}

function columnOf(table: Fields, name: unknown): string {
  return `${nameOf(table["relation"])}.column ${asText(name)}`;
}

/** A new object's name as a grant would spell it; of an ALTER TABLE, its new columns. */
function createdNames(node: AstNode): string[] {
  const fields = fieldsOf(node);
  const relation = asFields(
    fields["relation"] ?? fields["view"] ?? fields["sequence"] ?? asFields(fields["into"])["rel"],
  );
  switch (kindOf(node)) {
    case "CreateStmt":
    case "CreateTableAsStmt":
    case "ViewStmt":
    case "CreateSeqStmt":
      return [nameOf(relation)];
    case "AlterTableStmt":
      return commandsOf(fields)
        .filter(({ subtype }) => subtype === "AT_AddColumn")
        .map(({ def }) => columnOf(fields, asFields(asFields(def)["ColumnDef"])["colname"]));
    case "CreateSchemaStmt":
      return [asText(fields["schemaname"])];
    case "CreateFunctionStmt":
      return [asTexts(fields["funcname"]).join(".")];
    case "CreateEnumStmt":
    case "CreateRangeStmt":
      return [asTexts(fields["typeName"]).join(".")];
    case "CompositeTypeStmt":
      return [nameOf(fields["typevar"])];
    case "CreateDomainStmt":
      return [asTexts(fields["domainname"]).join(".")];
    default:
      return [];
  }
}

function grantedNames(fields: Fields): string[] {
  return asNodes(fields["objects"]).map((object) => {
    if ("RangeVar" in object) return nameOf(object["RangeVar"]);
    if ("ObjectWithArgs" in object) return asTexts(asFields(object["ObjectWithArgs"])["objname"]).join(".");
    if ("List" in object) return asTexts(object).join(".");
    return asText(asFields(object["String"])["sval"]);
  });
}

function grantTarget(fields: Fields): string {
  const names = grantedNames(fields).join(", ");
  return fields["targtype"] === "ACL_TARGET_ALL_IN_SCHEMA" ? `all objects of schema ${names}` : names;
}

function commandsOf(fields: Fields): Fields[] {
  return asNodes(fields["cmds"]).map((node) => asFields(node["AlterTableCmd"]));
}

function nameOf(rangeVar: unknown): string {
  const { schemaname, relname } = asFields(rangeVar);
  return [asText(schemaname), asText(relname)].filter((part) => part !== "").join(".");
}
