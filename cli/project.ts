import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { HoldfastError, isRelease } from "../engine/index.js";

/** The project a command is run in: the nearest folder upwards with a Pulumi.yaml or a holdfast.json. */
export interface Project {
  /** Paths of holdfast.json and the default migrations folder are relative to it. */
  readonly root: string;
  /** As Pulumi.yaml names it; undefined where there is none. */
  readonly name: string | undefined;
  /** Path of holdfast.json, where there is one. */
  readonly listFile: string | undefined;
}

/** Outside of any project, the working directory stands for its root. */
export function findProject(from = process.cwd()): Project {
  for (let folder = from; ; folder = dirname(folder)) {
    const pulumiFile = join(folder, "Pulumi.yaml");
    const listFile = join(folder, "holdfast.json");
    const [isPulumi, hasList] = [existsSync(pulumiFile), existsSync(listFile)];
    if (isPulumi || hasList) {
      const name = isPulumi ? projectName(readFileSync(pulumiFile, "utf8")) : undefined;
      return { root: folder, name, listFile: hasList ? listFile : undefined };
    }
    if (dirname(folder) === folder) return { root: from, name: undefined, listFile: undefined };
  }
}

/** Stacks of the project that have a settings file, `Pulumi.<stack>.yaml`, by name. */
export function stacksOf({ name, root }: Project): string[] {
  if (name === undefined) return [];
  return readdirSync(root)
    .flatMap((file) => /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The one top-level key that is needed here; Pulumi reads the rest. */
function projectName(yaml: string): string | undefined {
  return /^name:[ \t]*(["']?)([\w.-]+)\1[ \t]*(?:#.*)?$/m.exec(yaml)?.[2];
}

/**
 * The release being deployed: what was given, else the version in the project's package.json. Undefined where neither is there.
 *
 * @param mayGuess whether package.json counts
 * @throws HoldfastError invalid_usage where it is no semantic version
 */
export function releaseOf(project: Project, given: string | undefined, mayGuess: boolean): string | undefined {
  const release = given ?? (mayGuess ? packageVersion(join(project.root, "package.json")) : undefined);
  if (release === undefined || isRelease(release)) return release;
  const where = given === undefined ? "version in package.json" : "value of --release";
  throw new HoldfastError("invalid_usage", `The ${where}, "${release}", is no semantic version.`, {
    next: "Write three numbers, as in 1.5.0 (https://semver.org).",
  });
}

function packageVersion(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch (error) {
    throw new HoldfastError("invalid_config", `${path} is not JSON.`, { next: "Correct it." }, { cause: error });
  }
}
