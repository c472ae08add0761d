import type { LintFinding, Severity } from "../lint/lint-finding.js";
import { locate } from "../source-location.js";

/** A file of the repository, as far as a check reads it. */
export interface TextFile {
  /** Relative to the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Where tests live: what stands there never runs in production. */
const TEST_PATH =
  /(^|\/)(tests?|__tests__|__mocks__|specs?|e2e|fixtures?|testdata|cypress)\/|[._-](test|spec|e2e)\.[^/]+$|(^|\/)(test_[^/]+|conftest)\.py$|_test\.(go|py|rb)$/i;

export function isTestPath(path: string): boolean {
  return TEST_PATH.test(path);
}

/** Prose: what it quotes is an example, and runs nowhere. */
export function isProse(path: string): boolean {
  return /\.(md|mdx|markdown|rst|adoc|txt|html?)$/i.test(path);
}

/** What a finding says, its place aside. */
export interface Complaint {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
}

/** @param offset in UTF-16 code units of the file's text */
export function findingAt(file: TextFile, offset: number, complaint: Complaint): LintFinding {
  return { ...complaint, ...locate(file, offset) };
}
