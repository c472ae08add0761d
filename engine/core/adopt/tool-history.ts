import type { HoldfastError } from "../errors.js";
import type { Row } from "../ports.js";
import type { Tool, ToolFile } from "./tool-folder.js";

/** A tool's own history table, by its usual name and the columns that are read of it. */
export interface ToolTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** In which the tool wrote the rows. */
  readonly orderBy: string;
  /** Whether it has these columns and no other: a schema_migrations may be anybody's. */
  readonly isExact: boolean;
}

/** Sources: the tools named in the readers of their folders. */
export const TOOL_TABLES: Readonly<Record<Tool, ToolTable>> = {
  dbmate: { name: "schema_migrations", columns: ["version"], orderBy: "version", isExact: true },
  "golang-migrate": { name: "schema_migrations", columns: ["version", "dirty"], orderBy: "version", isExact: true },
  flyway: {
    name: "flyway_schema_history",
    columns: ["installed_rank", "version", "description", "type", "script", "checksum", "success"],
    orderBy: "installed_rank",
    isExact: false,
  },
  "node-pg-migrate": { name: "pgmigrations", columns: ["id", "name"], orderBy: "id", isExact: false },
  prisma: {
    name: "_prisma_migrations",
    columns: ["migration_name", "checksum", "finished_at", "rolled_back_at", "started_at"],
    orderBy: "started_at",
    isExact: false,
  },
};

/** What a tool's history says, as read from its table: every value as text. */
export interface ToolHistory {
  readonly tool: Tool;
  /** `public.schema_migrations` */
  readonly table: string;
  readonly rows: readonly Row[];
}

/** A row that says something has been applied, and the file it means. */
export interface Claim {
  /** As the table has it: `20240131120000`, `1.2 (create users)`. */
  readonly shown: string;
  /** Undefined where the folder has none. */
  readonly file: ToolFile | undefined;
}

/** What one tool's rows claim; what cannot be kept is told through `fault`. */
export type HistoryReader = (
  history: ToolHistory,
  files: readonly ToolFile[],
  fault: (error: HoldfastError) => void,
) => Claim[];
