import { execFile } from "node:child_process";

/** The parts of the command line that components run: `holdfast/<name>` of package.json's exports. */
export type EntryPoint = "access" | "ensure-local" | "deploy" | "preview";

/** What an entry point is given, as JSON in its environment. */
export const REQUEST_VARIABLE = "HOLDFAST_REQUEST";

/**
 * The command of a Command resource. The same on every machine, so that another checkout shows no change: the package is
 * resolved from the project's root, where Pulumi runs commands.
 */
export function entryCommand(name: EntryPoint): string {
  return `node -e "require('holdfast/${name}')"`;
}

/**
 * Runs an entry point from the program, also in a preview, and gives its JSON answer.
 *
 * @throws Error with what it printed, where it did not answer
 */
export async function runEntry(name: EntryPoint, request: object): Promise<unknown> {
  const env = { ...process.env, [REQUEST_VARIABLE]: JSON.stringify(request) };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ["-e", `require('holdfast/${name}')`],
      { env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        // Entry points answer on stdout also where they fail; their exit code says the same to a shell.
        const answer = parseAnswer(stdout);
        if (answer !== undefined) resolve(answer);
        else reject(new Error(`holdfast/${name} did not answer: ${stderr.trim() || String(error?.message)}`));
      },
    );
  });
}

function parseAnswer(stdout: string): unknown {
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    return undefined;
  }
}
