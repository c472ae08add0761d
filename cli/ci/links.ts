import type { Project } from "../project.js";
import { findWorkTree } from "./git.js";
import type { Links } from "./markdown.js";
import { findGitHubRun } from "./pull-request.js";

/** Where a project's files can be looked at: on GitHub, from a run there. */
export function linksOf({ root }: Project): Links {
  const run = findGitHubRun(process.env);
  const prefix = findWorkTree(root)?.prefix ?? "";
  const files = run === undefined ? undefined : `${run.server}/${run.repository}/blob/${run.commit}/`;
  return { files, prefix, commit: run?.commit };
}
