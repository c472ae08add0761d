import { isatty } from "node:tty";

/** Where a command's words go, and what may be shown there. */
export interface Terminal {
  readonly isOutputTty: boolean;
  /** A person reads stderr: a server's DETAIL and an excerpt's literals may be shown, since they stay on the screen. */
  readonly isErrorTty: boolean;
  /** A person is there to answer a question. */
  readonly canAsk: boolean;
  /** Whether ANSI colours may be used, by stream. */
  readonly hasColours: { readonly output: boolean; readonly error: boolean };
  /** Columns of the screen; 100 where there is none. */
  readonly width: number;
  /** --json: stdout carries exactly one JSON document. */
  readonly isJson: boolean;
  /** A line on stderr, for people: progress, notes, errors. */
  note(line: string): void;
}

const WIDTH_WITHOUT_SCREEN = 100;

/** Reads file descriptors, not process.stdin: merely touching that stream costs a start-up its milliseconds. */
export function openTerminal(isJson: boolean): Terminal {
  const [isInputTty, isOutputTty, isErrorTty] = [isatty(0), isatty(1), isatty(2)];
  // https://no-color.org
  const mayColour = (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
  return {
    isOutputTty,
    isErrorTty,
    canAsk: isInputTty && isErrorTty && !isJson,
    hasColours: { output: mayColour && isOutputTty, error: mayColour && isErrorTty },
    width: isOutputTty ? process.stdout.columns : WIDTH_WITHOUT_SCREEN,
    isJson,
    note: (line) => void process.stderr.write(`${line}\n`),
  };
}
