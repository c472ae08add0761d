import { HoldfastError } from "../engine/index.js";

/**
 * Runs a part of the command line that the components start: the request comes as JSON in HOLDFAST_REQUEST, the answer is one
 * line of JSON on stdout, also on failure; people read stderr. The exit code is the error's.
 */
export async function answerRequest(answer: (request: unknown) => Promise<object>): Promise<void> {
  try {
    say(await answer(JSON.parse(process.env["HOLDFAST_REQUEST"] ?? "{}")));
  } catch (error) {
    const code = error instanceof HoldfastError ? error.code : "unexpected";
    const message = renderPlainly(error);
    process.stderr.write(`${message}\n`);
    say({ ok: false, code, message });
    process.exitCode = error instanceof HoldfastError ? error.exitCode : 1;
  }
}

/** What happened and the way out, without stack, DETAIL or literals: Pulumi keeps this text in logs. */
function renderPlainly(error: unknown): string {
  if (!(error instanceof HoldfastError)) return error instanceof Error ? error.message : String(error);
  const { next, hint, applied = [], faults = [] } = error.details;
  const lines = [
    error.message,
    ...(hint === undefined ? [] : [`  ${hint}`]),
    ...(next === undefined ? [] : next.split("\n").map((line) => `  ${line}`)),
    ...(applied.length === 0 ? [] : [`  Applied before it, and kept: ${applied.join(", ")}.`]),
  ];
  return [...lines, ...faults.map(renderPlainly)].join("\n");
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
