import type { Connection, DatabaseError, Submittable } from "pg";
import type { PipelineStep, Row } from "../core/ports.js";

/** What came back before the first error. */
export interface BatchOutcome {
  /** Of each finished statement: its rows (empty where none were wanted) and the row count of its command tag. */
  readonly results: readonly { readonly rows: readonly Row[]; readonly count: number }[];
  readonly error?: DatabaseError | Error;
}

/** The messages pg hands to whatever is being run. Its type declarations leave them out. */
interface RowDescription {
  readonly fields: readonly { readonly name: string }[];
}
interface DataRow {
  readonly fields: readonly (string | null)[];
}
interface CommandComplete {
  readonly text: string;
}

const WORTH_A_NAME = 5;
/** A file can hold neither of these, and no statement with parameters. */
const isEngines = ({ sql, values }: PipelineStep): boolean =>
  values !== undefined || sql === "BEGIN" || sql === "COMMIT";
let batches = 0;

/**
 * Statements sent in one go by the extended protocol, with one Sync behind the last: one round trip, and after an error the
 * server skips the rest (manual, "Extended Query" and "Pipelining"). Every value goes and comes as text.
 */
export class BatchQuery implements Submittable {
  private readonly results: { rows: Row[]; count: number }[] = [];
  private columns: readonly string[] = [];
  private rows: Row[] = [];
  private finish: (outcome: BatchOutcome) => void = () => undefined;
  readonly outcome = new Promise<BatchOutcome>((resolve) => {
    this.finish = resolve;
  });

  constructor(
    private readonly steps: readonly PipelineStep[],
    private readonly wantsRows: boolean,
  ) {}

  /** pg calls it when the connection is free. */
  submit(connection: Connection): void {
    const more = true;
    const names = this.nameRepeated();
    const isParsed = new Set<string>();
    connection.stream.cork();
    for (const { sql, values = [] } of this.steps) {
      const statement = names.get(sql) ?? "";
      if (statement === "" || !isParsed.has(statement))
        connection.parse({ name: statement, text: sql, types: [] }, more);
      isParsed.add(statement);
      connection.bind({ statement, values: [...values] }, more);
      if (this.wantsRows) connection.describe({ type: "P" }, more);
      connection.execute(null, more);
    }
    for (const name of names.values()) connection.close({ type: "S", name }, more);
    connection.sync();
    connection.stream.uncork();
  }

  /**
   * A statement of the engine's own that stands here often is parsed and planned once. After an error its name stays in the
   * session, so that no batch uses a name again. Those of a file stay without: a DDL statement in between may change what a
   * prepared one gives, and DEALLOCATE ALL would take it away.
   */
  private nameRepeated(): Map<string, string> {
    const counts = new Map<string, number>();
    for (const { sql } of this.steps.filter(isEngines)) counts.set(sql, (counts.get(sql) ?? 0) + 1);
    const repeated = [...counts].filter(([, count]) => count >= WORTH_A_NAME).map(([sql]) => sql);
    if (repeated.length > 0) batches++;
    return new Map(repeated.map((sql, index) => [sql, `holdfast_${batches}_${index}`]));
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.columns = fields.map(({ name }) => name);
  }

  handleDataRow({ fields }: DataRow): void {
    if (!this.wantsRows) return;
    const row: Record<string, string | null> = {};
    for (const [index, name] of this.columns.entries()) row[name] = fields[index] ?? null;
    this.rows.push(row);
  }

  handleCommandComplete({ text }: CommandComplete): void {
    this.results.push({ rows: this.rows, count: Number(/ (\d+)$/.exec(text)?.[1] ?? 0) });
    this.rows = [];
    this.columns = [];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: "" });
  }

  handleError(error: Error): void {
    this.finish({ results: this.results, error });
  }

  handleReadyForQuery(): void {
    this.finish({ results: this.results });
  }

  /** Only where rows are fetched in portions, which is never asked for. */
  handlePortalSuspended(): void {
    this.handleError(new Error("the server suspended a portal that was to be run to its end"));
  }

  /** Files with COPY … FROM STDIN are refused when they are read; a function could still ask for data. */
  handleCopyInResponse(connection: Connection): void {
    (connection as unknown as { sendCopyFail(reason: string): void }).sendCopyFail("a migration has no data to send");
  }

  /** COPY … TO STDOUT: nobody reads it. */
  handleCopyData(): void {
    return;
  }
}
