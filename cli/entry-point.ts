import { HoldfastError, plainText } from "../engine/index.js";

/**
 * Runs a part of the command line that the components start: the request comes as JSON in HOLDFAST_REQUEST, the answer is one
 * line of JSON on stdout, also on failure; people read stderr. The exit code is the error's.
 */
export async function answerRequest(answer: (request: unknown) => Promise<object>): Promise<void> {
  try {
    say(await answer(JSON.parse(process.env["HOLDFAST_REQUEST"] ?? "{}")));
  } catch (error) {
    const code = error instanceof HoldfastError ? error.code : "unexpected";
    const message = plainText(error);
    process.stderr.write(`${message}\n`);
    say({ ok: false, code, message });
    process.exitCode = error instanceof HoldfastError ? error.exitCode : 1;
  }
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
