import { spawnSync } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError } from "../../engine/index.js";

/** A file of the repository; `text` as it is in the work tree, or was at a commit. */
export interface TrackedFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
}

/** A project's part of a repository. */
export interface WorkTree {
  /** The project's root. */
  readonly root: string;
  /** Where that is in the repository: empty, or with a slash at its end. */
  readonly prefix: string;
}

/** Larger ones are data: what people write is smaller. */
const LARGEST_FILE = 1024 ** 2;

/** Undefined where the project is in no repository, or there is no git. */
export function findWorkTree(root: string): WorkTree | undefined {
  const answer = git(root, ["rev-parse", "--show-prefix"]);
  return answer === undefined ? undefined : { root, prefix: answer.toString().trim() };
}

/** Paths of all files under version control below the project's root. */
export function listTracked({ root }: WorkTree): string[] {
  return names(git(root, ["ls-files", "-z"]));
}

/** Those of the files that are text, as they are in the work tree. */
export function readTracked({ root }: WorkTree, paths: readonly string[]): TrackedFile[] {
  return paths.flatMap((path) => {
    const file = join(root, path);
    const facts = lstatSync(file, { throwIfNoEntry: false });
    if (facts?.isFile() !== true || facts.size > LARGEST_FILE) return [];
    return textFile(path, readFileSync(file));
  });
}

function textFile(path: string, bytes: Buffer): TrackedFile[] {
  return bytes.subarray(0, LOOKED_AT).includes(0) ? [] : [{ path, text: bytes.toString("utf8") }];
}

/** As git looks for a NUL, to tell binary files. */
const LOOKED_AT = 8000;

/** What a change starts from. */
export interface Base {
  /** As it was named. */
  readonly ref: string;
  /** Where the change branched off. */
  readonly commit: string;
  /** Files that differ from there, or are new. */
  readonly changed: ReadonlySet<string>;
}

/** @throws HoldfastError invalid_usage where the branch is not there */
export function findBase({ root }: WorkTree, ref: string): Base {
  // A shallow clone may lack the common commit; the branch itself is the next best.
  const commit = git(root, ["merge-base", ref, "HEAD"]) ?? git(root, ["rev-parse", "--verify", `${ref}^{commit}`]);
  if (commit === undefined) {
    throw new HoldfastError("invalid_usage", `There is no branch or commit ${ref} here to compare with.`, {
      next: "Fetch it first: git fetch origin main. In a workflow: actions/checkout with fetch-depth: 0.",
    });
  }
  const id = commit.toString().trim();
  const changed = names(git(root, ["diff", "--name-only", "--relative", "-z", id, "--", "."]));
  return { ref, commit: id, changed: new Set(changed) };
}

/** Paths at a commit, below the project's root. */
export function listAt({ root }: WorkTree, commit: string, folder = "."): string[] {
  return names(git(root, ["ls-tree", "-r", "-z", "--name-only", commit, "--", folder]));
}

/** Files at a commit that are text; those that are not there are left out. */
export function readAt({ root, prefix }: WorkTree, commit: string, paths: readonly string[]): TrackedFile[] {
  if (paths.length === 0) return [];
  const input = paths.map((path) => `${commit}:${prefix}${path}\n`).join("");
  const answer = git(root, ["cat-file", "--batch"], input);
  return answer === undefined ? [] : readBatch(answer, paths);
}

/** One object after another: `<id> blob <size>`, its bytes, a line feed; or `<name> missing`. */
function readBatch(answer: Buffer, paths: readonly string[]): TrackedFile[] {
  const files: TrackedFile[] = [];
  let at = 0;
  for (const path of paths) {
    const end = answer.indexOf("\n", at);
    const [, type, size] = / (\w+) (\d+)$/.exec(answer.subarray(at, end).toString()) ?? [];
    at = end + 1;
    if (type === undefined) continue;
    const length = Number(size);
    if (type === "blob" && length <= LARGEST_FILE) files.push(...textFile(path, answer.subarray(at, at + length)));
    at += length + 1;
  }
  return files;
}

const LONGEST_ANSWER = 512 * 1024 ** 2;

function git(cwd: string, args: readonly string[], input?: string): Buffer | undefined {
  const { status, stdout } = spawnSync("git", ["-c", "core.quotePath=off", ...args], {
    ...{ cwd, maxBuffer: LONGEST_ANSWER, stdio: ["pipe", "pipe", "ignore"] },
    ...(input !== undefined && { input }),
  });
  return status === 0 ? stdout : undefined;
}

function names(answer: Buffer | undefined): string[] {
  return (answer?.toString() ?? "").split("\0").filter((name) => name !== "");
}
