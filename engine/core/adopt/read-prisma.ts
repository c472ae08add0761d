import { normaliseText } from "../normalise-text.js";
import {
  notKept,
  placed,
  sectionOf,
  toolName,
  unreadable,
  type FolderFile,
  type ToolFile,
  type ToolReader,
} from "./tool-folder.js";

const NAME = /^(\d{1,20})(?:_([^/]*))?\/migration\.sql$/;

/**
 * Prisma: `20240131120000_create_users/migration.sql`; a `down.sql` beside it, as Prisma's guide has it, is the way back. Source:
 * Prisma 6, schema engine, migrations-directory.
 */
export const readPrisma: ToolReader = (files, fault) => {
  const byName = new Map(files.map((file) => [file.name, file]));
  const lock = byName.get("migration_lock.toml");
  const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec(lock?.read() ?? "")?.[1] ?? "postgresql";
  if (lock !== undefined && !/^postgres(?:ql)?$/.test(provider)) {
    fault(
      notKept(
        lock.path,
        `written for ${provider}`,
        "Holdfast runs migrations of PostgreSQL only: name another folder.",
      ),
    );
  }
  return files.flatMap((file) => {
    if (!file.name.endsWith("/migration.sql")) return [];
    const [, version, words = ""] = NAME.exec(file.name) ?? [];
    if (version !== undefined)
      return join(file, version, words, byName.get(file.name.replace(/migration\.sql$/, "down.sql")));
    const next = "Give its folder a number in front, as in 20240131120000_init, before Prisma applies it anywhere.";
    fault(unreadable(file.path, "its folder has no version", next));
    return [];
  });
};

/** The schema engine sends the file at once: without a BEGIN of its own, all of it is one implicit transaction. */
function join(file: FolderFile, version: string, words: string, down: FolderFile | undefined): ToolFile {
  const text = normaliseText(file.read());
  const back = down === undefined ? undefined : normaliseText(down.read());
  return {
    ...toolName(version, BigInt(version), words),
    ...placed(file, text),
    up: sectionOf(text, 0, text.length),
    isOneTransaction: true,
    ...(down !== undefined && back !== undefined && { down: sectionOf(back, 0, back.length), downPath: down.path }),
  };
}
