import { asHoldfastError } from "../engine/index.js";
import { reportError } from "./report-error.js";
import { openTerminal } from "./terminal.js";

/**
 * Runs a part of the command line that the components start: the request comes as JSON in HOLDFAST_REQUEST, the answer is one
 * line of JSON on stdout, also on failure; people read stderr. The exit code is the error's.
 */
export async function answerRequest(answer: (request: unknown) => Promise<object>): Promise<void> {
  try {
    say(await answer(JSON.parse(process.env["HOLDFAST_REQUEST"] ?? "{}")));
  } catch (error) {
    process.exitCode = reportError(error, openTerminal(false), () => undefined);
    say(failure(error));
  }
}

/** Short: the whole story is on stderr, beside which Pulumi shows this line. */
function failure(error: unknown): object {
  const known = asHoldfastError(error);
  if (known === undefined) return { ok: false, code: "unexpected", message: "Holdfast failed in a way it should not." };
  const { next, applied = [], backup, incident } = known.details;
  return { ok: false, code: known.code, message: known.message, next, applied, backup, incident };
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
