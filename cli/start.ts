/** `npm start`: brings a stack up on the real Pulumi engine, without an account; `npm start -- <command>` runs any Pulumi command there. */
import { reportError } from "./report-error.js";
import { start } from "./start/start.js";
import { openTerminal } from "./terminal.js";

const terminal = openTerminal(false);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

void start(process.argv.slice(2), { checkout: process.cwd(), terminal, print })
  .catch((error: unknown) => reportError(error, terminal, print))
  .then((exitCode) => process.stdout.write("", () => process.exit(exitCode)));
