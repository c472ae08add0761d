import type { LintFinding } from "../lint/lint-finding.js";

/** `.env` and `.env.production`, but not `.env.example` or `.env.production.sample`, which hold names. */
export function isEnvFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /^\.env(\..+)?$/.test(name) && !isEnvTemplate(path);
}

export function isEnvTemplate(path: string): boolean {
  return /(^|\/)\.env(\.[^/]+)?\.(example|sample|template|dist|defaults)$/.test(path);
}

/** @param paths files under version control */
export function trackedEnvFindings(paths: readonly string[]): LintFinding[] {
  return paths.filter(isEnvFile).map((path) => ({
    ...{ rule: "env-file-tracked", severity: "error", file: path, line: 1, column: 1 },
    message: `${path} is under version control: whoever has the repository has its values.`,
    fix: `Run: git rm --cached ${path}; add it to .gitignore; make every secret in it invalid where it was issued. Names alone belong into ${path}.example.`,
  }));
}
