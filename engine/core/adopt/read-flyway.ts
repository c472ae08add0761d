import { HoldfastError } from "../errors.js";
import { isVersion, versionOrder } from "../migration-name.js";
import { normaliseText } from "../normalise-text.js";
import { positionAt } from "../source-location.js";
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

const NAME = /^(V\d+(?:[._]\d+)*)__(.*)\.sql$/;
const CALLBACK = /^(?:before|after|create)[A-Z]\w*?(?:__.*)?\.sql$/;
const CODE = /^[VURB].*\.(?:java|class|kt|groovy|py|ps1|bat|cmd|sh)$/;
const PLACEHOLDER = /\$\{[^}]*\}/;

/** What a Flyway folder may hold and Holdfast cannot keep: by the file's name. */
const REFUSED: readonly (readonly [RegExp, string, string])[] = [
  [
    /^R__.*\.sql$/,
    "a repeatable migration",
    "Write each of its states as a versioned file from now on (CREATE OR REPLACE …), and delete it.",
  ],
  [
    /^U\d.*__.*\.sql$/,
    "an undo migration",
    "Delete it: -- @rollback at the end of the versioned file says the way back.",
  ],
  [
    /^B\d.*__.*\.sql$/,
    "a baseline migration",
    "Let Flyway apply it, make it the versioned file of that number, and delete it.",
  ],
  [CALLBACK, "a callback", "Do what it does in a versioned file, or around the deploy, and delete it."],
  [
    CODE,
    "a migration that is no SQL",
    "Write what it does as a versioned .sql file, let Flyway repair its history, and delete it.",
  ],
];

/**
 * Flyway: `V1__create_users.sql`, `V1.2__…`, `V2024_01_31__…`, also in subfolders. Versions keep their V: by it Holdfast knows that
 * they are ordered number by number (V2 comes before V10, V1 is V1.0). Source: Flyway 11, ResourceNameParser and MigrationVersion.
 */
export const readFlyway: ToolReader = (files, fault) => {
  const byName = new Map(files.map((file) => [file.name, file]));
  return files.flatMap((file) => {
    const name = baseName(file);
    const refused = REFUSED.find(([pattern]) => pattern.test(name));
    if (refused !== undefined) fault(notKept(file.path, refused[1], refused[2]));
    if (refused !== undefined || !/^V.*\.sql$/i.test(name)) return [];
    try {
      return [readOne(file, byName.get(`${file.name}.conf`))];
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      fault(error);
      return [];
    }
  });
};

function readOne(file: FolderFile, settings: FolderFile | undefined): ToolFile {
  const [, version, words] = NAME.exec(baseName(file)) ?? [];
  if (version === undefined || words === undefined) {
    throw unreadable(
      file.path,
      "it is not named V<version>__<description>.sql",
      "Rename it, as Flyway would not run it either.",
    );
  }
  if (!isVersion(version)) {
    const what = `${version} has more than six numbers, or one of more than 18 digits`;
    throw unreadable(
      file.path,
      what,
      "Holdfast can give it no order: use a shorter version for files that were not applied yet.",
    );
  }
  const text = normaliseText(file.read());
  const placeholder = PLACEHOLDER.exec(text);
  if (placeholder !== null) throw placeholderFault(file, text, placeholder);
  const isOneTransaction = settings === undefined ? true : readSettings(settings);
  const up = sectionOf(text, 0, text.length);
  return { ...toolName(version, versionOrder(version), words), ...placed(file, text), up, isOneTransaction };
}

function placeholderFault(
  { path }: FolderFile,
  text: string,
  { 0: placeholder, index }: RegExpExecArray,
): HoldfastError {
  const location = { file: path, ...positionAt(text, index) };
  const message = `${path}:${location.line}:${location.column}: ${placeholder} is a placeholder, which only Flyway fills in.`;
  return new HoldfastError("adopt_refused", message, {
    location,
    next: "Write its value. Where the file has been applied, let Flyway take the new checksum: flyway repair.",
  });
}

/** `V5__index.sql.conf` may say that there is no transaction; nothing else of it can be kept. */
function readSettings(settings: FolderFile): boolean {
  const lines = settings
    .read()
    .split(/\r?\n/)
    .map((line) => line.trim());
  const values = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const strange = values.find((line) => !/^executeInTransaction\s*=\s*(?:true|false)$/.test(line));
  if (strange === undefined) return !values.some((line) => line.endsWith("false"));
  const next = "Holdfast reads from it whether there is a transaction, nothing else: take the rest out.";
  throw notKept(settings.path, "a script configuration that cannot be kept", next);
}

function baseName({ name }: FolderFile): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
