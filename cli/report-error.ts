import { createColors } from "picocolors";
import { asHoldfastError, redactUrls } from "../engine/index.js";
import { errorJson, renderError } from "./render-error.js";
import type { Terminal } from "./terminal.js";

/**
 * Tells an error: for people on stderr, with --json also as the one document on stdout.
 * @returns the exit code
 */
export function reportError(error: unknown, terminal: Terminal, print: (text: string) => void): number {
  const known = asHoldfastError(error);
  const { red, bold, dim } = createColors(terminal.hasColours.error);
  if (known === undefined) return reportBug(error, terminal, print);
  const style = { isScreen: terminal.isErrorTty, bad: (text: string) => red(bold(text)), dim };
  terminal.note(redactUrls(renderError(known, style)));
  if (terminal.isJson) print(redactUrls(JSON.stringify({ ok: false, error: errorJson(known) }, null, 2)));
  return known.exitCode;
}

/** No user causes this: a fault of Holdfast itself. Its stack is of use to nobody who reads a deploy's log. */
function reportBug(error: unknown, terminal: Terminal, print: (text: string) => void): number {
  const what = redactUrls(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  terminal.note(
    `error Holdfast failed in a way it should not: ${what}\n  next    Please report it, with the command line.`,
  );
  if (terminal.isJson) print(JSON.stringify({ ok: false, error: { code: "unexpected", exitCode: 1, message: what } }));
  return 1;
}
