#!/usr/bin/env node
import { HoldfastError, nearestName } from "../engine/index.js";
import type { Answer } from "./command.js";
import { COMMANDS } from "./command-table.js";
import { readArguments } from "./read-arguments.js";
import { openTerminal, type Terminal } from "./terminal.js";

/** The command line. Only this file prints a command's answer, and ends the process. */
async function main(args: readonly string[]): Promise<number> {
  const terminal = openTerminal(beforeDashes(args).includes("--json"));
  // What escapes every await is a fault of Holdfast: told in a sentence, too, instead of a stack.
  process.on("uncaughtException", (error) => void tell(error, terminal).then((exitCode) => process.exit(exitCode)));
  try {
    const answer = await answerCommand(args, terminal);
    print(terminal.isJson ? JSON.stringify(answer.json, null, 2) : await answer.text());
    return answer.exitCode ?? 0;
  } catch (error) {
    return tell(error, terminal);
  }
}

async function tell(error: unknown, terminal: Terminal): Promise<number> {
  const { reportError } = await import("./report-error.js");
  return reportError(error, terminal, print);
}

async function answerCommand([name, ...args]: readonly string[], terminal: Terminal): Promise<Answer> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") return overview();
  if (name === "--version") return versionAnswer();
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) throw unknownCommand(name);
  const { command } = await entry.load();
  const { isHelp, ...given } = readArguments(name, command, args);
  if (!isHelp) return command.run({ ...given, terminal });
  const { renderCommandHelp } = await import("./render-help.js");
  return plain("help", renderCommandHelp(name, command));
}

async function overview(): Promise<Answer> {
  const [{ renderOverview }, { ownVersion }] = await Promise.all([
    import("./render-help.js"),
    import("./own-version.js"),
  ]);
  return plain("help", renderOverview(ownVersion()));
}

async function versionAnswer(): Promise<Answer> {
  const { ownVersion } = await import("./own-version.js");
  return plain("version", ownVersion());
}

function plain(key: string, text: string): Answer {
  return { json: { [key]: text }, text: () => text };
}

function unknownCommand(name: string): HoldfastError {
  const nearest = nearestName(name, Object.keys(COMMANDS));
  const meant = nearest === undefined ? "" : `Did you mean ${nearest}? `;
  return new HoldfastError("invalid_usage", `"${name}" is no command of holdfast.`, {
    next: `${meant}See: holdfast --help`,
  });
}

function beforeDashes(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end < 0 ? args : args.slice(0, end);
}

function print(text: string): void {
  if (text !== "") process.stdout.write(`${text}\n`);
}

// `holdfast status | head -1`: whoever reads may stop before the end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void main(process.argv.slice(2)).then((exitCode) => {
  // Nothing is waited for that could keep a finished command from ending.
  process.stdout.write("", () => process.exit(exitCode));
});
