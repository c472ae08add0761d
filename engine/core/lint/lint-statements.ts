import type { PlacedStatement } from "../analysed-migration.js";
import { asText, fieldsOf, kindOf } from "../ast.js";
import { calledFunctions } from "../opaque-statements.js";
import type { AstNode, SqlParser } from "../ports.js";
import { reachStatements, type Reach, type ReachedStatement } from "../reach-statements.js";
import type { RoutineFinder } from "../routines.js";
import { heldLocks } from "./held-locks.js";
import { nestedStatements } from "./nested-statements.js";
import type { JudgedStatement, LintedFile, Rule, Violation } from "./rule.js";
import { CANNOT_TELL, RULES_OF } from "./rules.js";
import { replay } from "./schema/replay.js";
import type { Schema } from "./schema/schema.js";
import { savepointName, transactionStep, type EarlierStatement, type TransactionSoFar } from "./transactions.js";

export interface StatementsToLint {
  readonly text: string;
  readonly file: LintedFile;
  /** Holdfast's files: whether all of them share one transaction. */
  readonly isOneTransaction: boolean;
  readonly statements: readonly PlacedStatement[];
  readonly routines: RoutineFinder;
  readonly parser: SqlParser;
}

/** What a rule said, and where. */
export interface RawFinding {
  readonly rule: Rule;
  readonly violation: Violation;
  /** In the file's text. */
  readonly offset: number;
  /** Of the file's statement. */
  readonly index: number;
  readonly inside?: string;
}

/** Hears of each violation while the statement's surroundings are still as they were. */
export type Watcher = (finding: RawFinding, statement: JudgedStatement) => void;

/** Judges a file's statements in order, each against what those before it made, and leaves the schema as they do. */
export function lintStatements(
  input: StatementsToLint,
  schema: Schema,
  watch: Watcher = () => undefined,
): RawFinding[] {
  const run = new Replayed(input, schema, watch);
  return input.statements.flatMap((statement, index) => run.judge(statement, index));
}

/** Brings the schema to where a file leaves it, without judging it. */
export function replayStatements(input: StatementsToLint, schema: Schema): void {
  const run = new Replayed(input, schema, () => undefined);
  for (const [index, statement] of input.statements.entries()) run.take(statement, index);
}

interface SavedSchema {
  /** Empty: the start of the transaction. */
  readonly name: string;
  readonly schema: Schema;
  readonly earlier: readonly EarlierStatement[];
}

/** A file's statements one after another, with the transaction they stand in. */
class Replayed {
  private earlier: EarlierStatement[] = [];
  private isOpen: boolean;
  private saved: SavedSchema[] = [];
  private readonly nodes: readonly AstNode[];

  constructor(
    private readonly input: StatementsToLint,
    private schema: Schema,
    private readonly watch: Watcher,
  ) {
    this.isOpen = input.isOneTransaction;
    this.nodes = input.statements.map(({ node }) => node);
    schema.searchPath = ["public"];
  }

  judge(statement: PlacedStatement, index: number): RawFinding[] {
    const reach = this.reach(statement);
    const context = {
      ...{ text: statement.text, schema: this.schema, file: this.input.file, statements: this.nodes, index },
      endsTransaction: reach.transactionControls.length > 0,
    };
    const found = reach.statements.flatMap(({ node, inside, offset, isRepeated = false }, position) => {
      const transaction = this.transactionBefore(reach.statements.slice(0, position), index, inside);
      const place = { offset, index, ...(inside !== undefined && { inside }) };
      return nestedStatements(node).flatMap(({ node: inner, around }) => {
        const judged = {
          ...{ ...context, ...place, transaction, isRepeated },
          ...{ node: inner, around, kind: kindOf(inner), fields: fieldsOf(inner) },
        };
        const violated = violations(judged, place);
        for (const one of violated) this.watch(one, judged);
        return violated;
      });
    });
    this.apply(statement, index, reach);
    return [...found, ...this.unread(reach, index)];
  }

  /** A contract is approved, and backed up before it runs. */
  private unread({ unreadable }: Reach, index: number): RawFinding[] {
    if (this.input.file.phase === "contract") return [];
    return unreadable.map(({ reason, inside, offset }) => ({
      ...{ rule: CANNOT_TELL, violation: { message: `cannot be judged: ${reason}` }, offset, index },
      ...(inside !== undefined && { inside }),
    }));
  }

  take(statement: PlacedStatement, index: number): void {
    this.apply(statement, index, this.reach(statement));
  }

  /** A body runs in one transaction, whatever is around it: what it did before counts. */
  private transactionBefore(
    reached: readonly ReachedStatement[],
    index: number,
    inside: string | undefined,
  ): TransactionSoFar {
    const before = inside === undefined ? [] : reached.filter((one) => one.inside !== undefined);
    return {
      isBlock: this.isOpen || inside !== undefined,
      earlier:
        before.length === 0 ? this.earlier : [...this.earlier, ...before.map(({ node }) => this.ran(node, index))],
    };
  }

  private ran(node: AstNode, index: number): EarlierStatement {
    return { node, index, locks: heldLocks(node, this.schema, this.input.file.order) };
  }

  private reach(statement: PlacedStatement): Reach {
    const { parser, routines, text } = this.input;
    return reachStatements(statement, { parser, routines, fileText: text });
  }

  private apply(statement: PlacedStatement, index: number, reach: Reach): void {
    this.moveTransaction(statement.node);
    const { order } = this.input.file;
    for (const { node, inside } of reach.statements) {
      if (this.isOpen) this.earlier.push(this.ran(node, index));
      replay(node, this.schema, { file: order, isCertain: inside === undefined });
      if (movesNames(node)) this.schema.distrust(order);
    }
    if (!this.isOpen) this.schema.commit();
  }

  /** BEGIN, COMMIT and their like in a file that another tool runs; what is rolled back was never made. */
  private moveTransaction(node: AstNode): void {
    switch (transactionStep(node)) {
      case "begins":
        this.open();
        break;
      case "commits":
        this.close();
        break;
      case "rolls back":
        this.restore(this.saved[0]);
        this.close();
        break;
      case "sets savepoint":
        this.saved.push({ name: savepointName(node), schema: this.schema.copy(), earlier: [...this.earlier] });
        break;
      case "rolls back to savepoint":
        this.restore(this.saved.findLast(({ name }) => name === savepointName(node)));
        break;
      case "none":
    }
  }

  private open(): void {
    this.isOpen = true;
    this.earlier = [];
    this.saved = [{ name: "", schema: this.schema.copy(), earlier: [] }];
  }

  private close(): void {
    this.isOpen = false;
    this.earlier = [];
    this.saved = [];
  }

  private restore(saved: SavedSchema | undefined): void {
    if (saved === undefined) return;
    this.schema.become(saved.schema);
    // What was locked since is free again.
    this.earlier = [...saved.earlier];
  }
}

function violations(statement: JudgedStatement, place: Pick<RawFinding, "offset" | "index" | "inside">): RawFinding[] {
  const { file, kind } = statement;
  return (RULES_OF.get(kind) ?? []).flatMap((rule) => {
    if (rule.isContractsWork === true && file.phase === "contract") return [];
    if (rule.isRunnersWork === true && file.manner === "holdfast") return [];
    return rule.check(statement).map((violation) => ({ ...place, rule, violation }));
  });
}

/** A change of role, or of the search path by a function: bare names may mean other objects from here on. */
function movesNames(node: AstNode): boolean {
  const fields = fieldsOf(node);
  if (kindOf(node) === "VariableSetStmt") return /^(role|session_authorization)$/.test(asText(fields["name"]));
  return calledFunctions(node).some((parts) => parts.at(-1) === "set_config");
}
