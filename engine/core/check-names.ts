import { HoldfastError } from "./errors.js";
import type { MigrationName, VersionScheme } from "./migration.js";

type NamedFile = MigrationName & { readonly path: string };

/** Faults between the files of one folder: two files of one version, and number schemes that do not mix. */
export function checkNames(files: readonly NamedFile[]): HoldfastError[] {
  return [...duplicates(files), ...mixedSchemes(files)];
}

function duplicates(files: readonly NamedFile[]): HoldfastError[] {
  const seen = new Map<bigint, NamedFile>();
  return files.flatMap((file) => {
    const first = seen.get(file.order);
    if (first === undefined) {
      seen.set(file.order, file);
      return [];
    }
    const way =
      file.scheme === "date" ? "a number after its date (migration_2026_01_19_02_…)" : "the next free version";
    return new HoldfastError("duplicate_version", `${first.path} and ${file.path} have the same version.`, {
      location: { file: file.path, line: 1, column: 1 },
      next: `Give the one that was not applied yet ${way}.`,
    });
  });
}

function mixedSchemes(files: readonly NamedFile[]): HoldfastError[] {
  const schemes = new Map<VersionScheme, NamedFile[]>();
  for (const file of files) {
    const alike = schemes.get(file.scheme);
    if (alike === undefined) schemes.set(file.scheme, [file]);
    else alike.push(file);
  }
  const [main, ...others] = [...schemes.values()].sort((a, b) => b.length - a.length);
  return others.flat().map(
    (file) =>
      new HoldfastError(
        "mixed_schemes",
        `${file.path} is numbered unlike the other files, such as ${main?.[0]?.path ?? ""}.`,
        {
          location: { file: file.path, line: 1, column: 1 },
          next: "Number all files of a folder in one way; rename those that were not applied yet.",
        },
      ),
  );
}
