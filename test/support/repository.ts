import { execFileSync } from "node:child_process";
import { createProject, type TestProject } from "./cli.js";

export interface TestRepository extends TestProject {
  git(...args: string[]): string;
  /** Commits everything that is there. @returns the commit's id */
  commit(): string;
}

/** A project under version control, on the branch main. */
export function createRepository(files: Readonly<Record<string, string>>): TestRepository {
  const project = createProject(files);
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=ann", "-c", "user.email=ann@acme.example", ...args], {
      cwd: project.root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  const commit = (): string => {
    git("add", "--all", "--force");
    git("commit", "--quiet", "--message", "a change");
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch=main");
  commit();
  return { ...project, git, commit };
}
