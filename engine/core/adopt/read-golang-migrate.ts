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

const NAME = /^(\d{1,20})_(.*)\.(up|down)\.sql$/;
const OTHER = /^\d+_.*\.(?:up|down)\.(?!sql$)/;

interface Named {
  readonly file: FolderFile;
  readonly version: string;
  readonly words: string;
  readonly direction: string;
}

/**
 * golang-migrate: `000001_create_users.up.sql`, and `….down.sql` beside it. Files of other names are passed over, as golang-migrate
 * does; versions are numbers, whatever zeros stand in front. Source: migrate 4.20, source/parse.go.
 */
export const readGolangMigrate: ToolReader = (files, fault) => {
  const all = files.flatMap(readName);
  for (const { path } of files.filter(({ name }) => OTHER.test(name))) {
    fault(
      notKept(
        path,
        "a migration whose name does not end in .sql",
        "Rename it: golang-migrate knows it by its number alone.",
      ),
    );
  }
  const downs = all.filter(({ direction }) => direction === "down");
  const ups = all.filter(({ direction }) => direction === "up");
  for (const down of downs) {
    if (ups.some((up) => isSame(up, down))) continue;
    fault(unreadable(down.file.path, "no .up.sql has this version", "Write it, or delete the file."));
  }
  return ups.map((up) =>
    join(
      up,
      downs.find((down) => isSame(up, down)),
    ),
  );
};

function readName(file: FolderFile): Named[] {
  const [, version, words, direction] = NAME.exec(file.name) ?? [];
  if (version === undefined || words === undefined || direction === undefined || file.name.includes("/")) return [];
  return [{ file, version, words, direction }];
}

function isSame(a: Named, b: Named): boolean {
  return BigInt(a.version) === BigInt(b.version);
}

/** golang-migrate sends the file at once: without a BEGIN of its own, all of it is one implicit transaction. */
function join({ file, version, words }: Named, down: Named | undefined): ToolFile {
  const text = normaliseText(file.read());
  const back = down === undefined ? undefined : normaliseText(down.file.read());
  return {
    ...toolName(version, BigInt(version), words),
    ...placed(file, text),
    up: sectionOf(text, 0, text.length),
    isOneTransaction: true,
    ...(down !== undefined &&
      back !== undefined && { down: sectionOf(back, 0, back.length), downPath: down.file.path }),
  };
}
