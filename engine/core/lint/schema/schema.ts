import { asFields, asText, asTexts } from "../../ast.js";
import type { Index, Maker, RoutineSignature, Sequence, Table, TypeName, UserType } from "./objects.js";

/** What the files so far have made, by ids such as `public.orders`. Replaying a statement changes it; `copy` keeps a state. */
export class Schema {
  readonly tables: Map<string, Table>;
  readonly indexes: Map<string, Index>;
  readonly types: Map<string, UserType>;
  /** By id; overloads stand together. */
  readonly routines: Map<string, readonly RoutineSignature[]>;
  readonly sequences: Map<string, Sequence>;
  readonly schemas: Map<string, Maker>;
  /** Some role was given rights on tables by name: a table or view made anew lacks them. */
  hasTableGrants: boolean;
  /** Where unqualified names are made, and looked for first. */
  searchPath: readonly string[];

  constructor(from?: Schema) {
    this.tables = new Map(from?.tables);
    this.indexes = new Map(from?.indexes);
    this.types = new Map(from?.types);
    this.routines = new Map(from?.routines);
    this.sequences = new Map(from?.sequences);
    this.schemas = new Map(from?.schemas);
    this.hasTableGrants = from?.hasTableGrants ?? false;
    this.searchPath = from?.searchPath ?? DEFAULT_PATH;
  }

  copy(): Schema {
    return new Schema(this);
  }

  /** Takes another state over: what a rollback leaves. */
  become(other: Schema): void {
    const pairs = [
      [this.tables, other.tables],
      [this.indexes, other.indexes],
      [this.types, other.types],
      [this.routines, other.routines],
      [this.sequences, other.sequences],
      [this.schemas, other.schemas],
    ] as [Map<string, unknown>, Map<string, unknown>][];
    for (const [own, its] of pairs) {
      own.clear();
      for (const [id, value] of its) own.set(id, value);
    }
    this.hasTableGrants = other.hasTableGrants;
    this.searchPath = other.searchPath;
  }

  /** Where a new object of that name comes to lie. */
  newId(parts: readonly string[]): string {
    const name = parts.at(-1) ?? "";
    return `${parts.at(-2) ?? this.searchPath[0] ?? "public"}.${name}`;
  }

  /** The id a name means: what the search path finds, temporary objects first, else where it would be made. */
  idOf(parts: readonly string[], among: ReadonlyMap<string, unknown>): string {
    const name = parts.at(-1) ?? "";
    if (parts.length > 1) return `${parts.at(-2) ?? ""}.${name}`;
    const found = ["pg_temp", ...this.searchPath].find((schema) => among.has(`${schema}.${name}`));
    return found === undefined ? this.newId(parts) : `${found}.${name}`;
  }

  /** The table, view or foreign table that a `RangeVar` names; undefined where no file shows it. */
  table(rangeVar: unknown): Table | undefined {
    return this.tables.get(this.tableId(rangeVar));
  }

  tableId(rangeVar: unknown): string {
    return this.idOf(rangeParts(rangeVar), this.tables);
  }

  index(rangeVar: unknown): Index | undefined {
    return this.indexes.get(this.idOf(rangeParts(rangeVar), this.indexes));
  }

  indexesOf(table: string): Index[] {
    return [...this.indexes.values()].filter((index) => index.table === table);
  }

  /** The user's type of that name; undefined for PostgreSQL's own and for what no file shows. */
  type({ name }: Pick<TypeName, "name">): UserType | undefined {
    return this.types.get(this.idOf(name.split("."), this.types));
  }

  routinesNamed(parts: readonly string[]): readonly RoutineSignature[] {
    return this.routines.get(this.idOf(parts, this.routines)) ?? [];
  }

  /** After a change of role, or of the search path out of sight: a bare name may mean another object than the one made here. */
  distrust(file: bigint): void {
    for (const map of [this.tables, this.indexes, this.types, this.sequences] as Map<string, Made>[]) {
      for (const [id, made] of map) if (made.maker.file === file) map.set(id, { ...made, maker: UNCERTAIN(file) });
    }
    for (const [id, overloads] of this.routines) {
      this.routines.set(
        id,
        overloads.map((one) => (one.maker.file === file ? { ...one, maker: UNCERTAIN(file) } : one)),
      );
    }
  }

  /** What a transaction takes with it when it ends. */
  commit(): void {
    for (const [id, { isGoneAtCommit }] of this.tables) if (isGoneAtCommit === true) this.tables.delete(id);
  }

  /** Whether an earlier file made a table: a folder that came to a database with tables shows none, or only later ones. */
  showsTables(file: bigint): boolean {
    return [...this.tables.values()].some(({ maker }) => maker.isCertain && maker.file >= 0n && maker.file < file);
  }

  partitionsOf(table: string): Table[] {
    return [...this.tables.values()].filter(({ partitionOf }) => partitionOf === table);
  }
}

interface Made {
  readonly maker: Maker;
}

const UNCERTAIN = (file: bigint): Maker => ({ file, isCertain: false });

export const DEFAULT_PATH: readonly string[] = ["public"];

/** `["app", "orders"]`. */
export function rangeParts(rangeVar: unknown): string[] {
  const fields = asFields(rangeVar);
  return [asText(fields["schemaname"]), asText(fields["relname"])].filter((part) => part !== "");
}

/** The parts of a name given as a list of `String` nodes, or as a `List` of them. */
export function listParts(value: unknown): string[] {
  return asTexts(value).filter((part) => part !== "");
}
