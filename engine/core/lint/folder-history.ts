import { HoldfastError } from "../errors.js";
import type { MigrationFile } from "../migration.js";
import { asParameters, findPlaceholders } from "../placeholders.js";
import { SyntaxFault, type SqlParser } from "../ports.js";
import { readMigration } from "../read-migration.js";
import { routinesKnownTo } from "../routines.js";
import { DEFAULT_SERVER, placedStatements } from "./lint-file.js";
import { replayStatements } from "./lint-statements.js";
import { Schema } from "./schema/schema.js";

/** What the earlier files of a folder made, replayed only as far as somebody asks. */
export class FolderHistory {
  private schema = new Schema();
  /** How many files are replayed. */
  private position = 0;

  constructor(
    private readonly folder: readonly MigrationFile[],
    private readonly parser: SqlParser,
  ) {}

  /** The state in which a file finds the database; a copy, to be changed at will. */
  before(order: bigint): Schema {
    if (this.folder.slice(0, this.position).some((file) => file.order >= order)) {
      [this.schema, this.position] = [new Schema(), 0];
    }
    for (
      let file = this.folder[this.position];
      file !== undefined && file.order < order;
      file = this.folder[this.position]
    ) {
      this.replay(file);
      this.position++;
    }
    return this.schema.copy();
  }

  private replay(file: MigrationFile): void {
    replayFile(file, this.schema, this.folder, this.parser);
  }
}

/** Brings the schema to where a file leaves it. A file that cannot be read is reported where it is judged; here it makes nothing. */
export function replayFile(
  file: MigrationFile,
  schema: Schema,
  folder: readonly MigrationFile[],
  parser: SqlParser,
): void {
  try {
    const { body, batch, phase } = readMigration(file);
    const placeholders = batch === undefined ? [] : findPlaceholders(body.text, parser);
    const text = asParameters(body.text, placeholders);
    const statements = placedStatements(file.text, { ...body, text }, parser);
    const linted = {
      order: file.order,
      manner: "holdfast",
      phase,
      isOneTransaction: true,
      server: DEFAULT_SERVER,
    } as const;
    const routines = routinesKnownTo(file, statements, folder, parser);
    replayStatements({ text: file.text, file: linted, isOneTransaction: true, statements, routines, parser }, schema);
  } catch (error) {
    if (!(error instanceof HoldfastError) && !(error instanceof SyntaxFault)) throw error;
  }
}
