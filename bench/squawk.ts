import { execFile } from "node:child_process";
import { join } from "node:path";
import { pythonTool } from "../test/support/python-tool.js";

/** Its rules about style, and those that ask for a timeout in every file: no row of the corpus is unsafe for what they name. */
const STYLE = /^(prefer-|require-(lock-|statement-)?timeout|require-table-schema|identifier-too-long|ban-char-field)/;

interface SquawkFinding {
  readonly file: string;
  readonly rule_name: string;
}

/** Rule names by file. */
export type SquawkFindings = ReadonlyMap<string, readonly string[]>;

export function isStyle(rule: string): boolean {
  return STYLE.test(rule);
}

/** The native program that its Python package brings. */
export async function squawkBinary(): Promise<string> {
  const { python } = await pythonTool({ name: "squawk", requirements: join(__dirname, "squawk.txt") });
  return join(python, "..", "squawk");
}

export async function askSquawk(binary: string, files: readonly string[], server: number): Promise<SquawkFindings> {
  const args = ["--reporter", "json", "--pg-version", `${server}.0`, ...files];
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(binary, args, { maxBuffer: 1 << 28 }, (error, out) => {
      // 1 says that there are findings.
      if (error === null || error.code === 1) resolve(out);
      else reject(new Error(error.message));
    });
  });
  const found = new Map<string, string[]>();
  for (const { file, rule_name: rule } of JSON.parse(stdout) as SquawkFinding[]) {
    found.set(file, [...(found.get(file) ?? []), rule]);
  }
  return found;
}
