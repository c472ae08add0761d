import type { AstNode, RunContext } from "../../core/ports.js";
import type { Facts } from "./journal.js";

/** A statement as it stands in a file, or as the journal remembers it. */
export interface OutsideStatement {
  readonly text: string;
  readonly node: AstNode;
}

/** What one kind of statement needs so that it can be cut off anywhere and done again. */
export interface OutsideBehaviour {
  /** Looks at the catalog before the statement begins. @throws HoldfastError where it must not begin */
  observe(ctx: RunContext, statement: OutsideStatement): Promise<Facts>;
  /**
   * After the statement was cut off or failed: clears away what it left half done. `finished` where its work is done,
   * `again` where it must be run once more.
   */
  settle(ctx: RunContext, statement: OutsideStatement, facts: Facts): Promise<"finished" | "again">;
  /** What to send as things stand; unset: the statement itself. */
  command?(ctx: RunContext, statement: OutsideStatement): Promise<string>;
}
