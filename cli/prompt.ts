import { createInterface } from "node:readline";
import { HoldfastError } from "../engine/index.js";

/** Asks on stderr, so that stdout stays the command's answer. @throws HoldfastError interrupted on Ctrl-C and Ctrl-D */
export function ask(question: string): Promise<string> {
  return readLine(question, false);
}

/** Like `ask`, without showing what is typed. */
export function askSecret(question: string): Promise<string> {
  return readLine(question, true);
}

function readLine(question: string, isHidden: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const { stdin, stderr } = process;
    // readline echoes to its output; a secret has none.
    const reader = createInterface({ input: stdin, ...(isHidden ? {} : { output: stderr }), terminal: true });
    let answer: string | undefined;
    if (isHidden) stderr.write(question);
    reader.question(isHidden ? "" : question, (line) => {
      answer = line;
      reader.close();
    });
    reader.once("SIGINT", () => reader.close());
    reader.once("close", () => {
      if (isHidden || answer === undefined) stderr.write("\n");
      if (answer === undefined)
        reject(new HoldfastError("interrupted", "Stopped at the question; nothing was changed."));
      else resolve(answer);
    });
  });
}
