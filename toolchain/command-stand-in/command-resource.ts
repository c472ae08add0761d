import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { goQuote } from "./go-text.js";
import { INPUT_NAMES, inputsOf, type CommandInputs } from "./inputs.js";
import { UNKNOWN, unwrapSecrets, type Properties } from "../stand-in/property-values.js";
import { runCommand } from "./run-command.js";

/** Shows one line of a command's output beside its resource while it runs. */
export type ShowLine = (line: string) => void;

interface Outputs {
  readonly stdout: string;
  readonly stderr: string;
}

const NO_OUTPUTS: Outputs = { stdout: "", stderr: "" };

/** Runs `create`. The id is the resource's name and eight hexadecimal digits. */
export async function create(
  urn: string,
  inputs: Properties,
  show: ShowLine,
): Promise<{ id: string; state: Properties }> {
  const args = inputsOf(inputs);
  const outputs = await run(args.create, args, NO_OUTPUTS, show);
  const name = urn.split("::").slice(3).join("::");
  return { id: `${name}${randomBytes(4).toString("hex")}`, state: { ...inputs, ...outputs } };
}

/** In a preview nothing runs, and nothing but the inputs is known. */
export function previewCreate(inputs: Properties): Properties {
  return { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN };
}

/** Runs `update`, else `create`, else nothing. */
export async function update(olds: Properties, news: Properties, show: ShowLine): Promise<Properties> {
  const args = inputsOf(news);
  return { ...news, ...(await run(args.update ?? args.create, args, outputsOf(olds), show)) };
}

/**
 * In a preview the outputs are unknown where an input has another value than before. One that only now comes in does
 * not count (the provider framework's rule, seen in 1.2.1).
 */
export function previewUpdate(olds: Properties, news: Properties): Properties {
  const old = outputsOf(olds);
  const isChanged = INPUT_NAMES.some((name) => {
    const before = olds[name] ?? undefined;
    return news[name] === UNKNOWN || (before !== undefined && !isDeepStrictEqual(before, news[name]));
  });
  return { ...news, ...(isChanged ? { stdout: UNKNOWN, stderr: UNKNOWN } : old) };
}

export async function remove(state: Properties, show: ShowLine): Promise<void> {
  const args = inputsOf(state);
  await run(args.delete, args, outputsOf(state), show);
}

/** The function `command:local:run`. */
export async function invokeRun(inputs: Properties, show: ShowLine): Promise<Properties> {
  const args = inputsOf(inputs);
  return { ...inputs, ...(await run(args.command, args, NO_OUTPUTS, show)) };
}

async function run(
  command: string | undefined,
  args: CommandInputs,
  previous: Outputs,
  show: ShowLine,
): Promise<Outputs> {
  if (command === undefined) return previous;
  const result = await runCommand({
    command,
    interpreter: interpreterOf(args),
    cwd: args.dir ?? process.cwd(),
    env: environmentOf(args, previous),
    stdin: args.stdin ?? "",
    shown: SHOWN[args.logging ?? "stdoutAndStderr"] ?? [],
    onLine: show,
  });
  if (result.failure !== undefined) {
    throw new Error(`${result.failure}: running ${goQuote(command)}:\n${result.both.toString("utf8")}`);
  }
  return { stdout: textOf(result.stdout), stderr: textOf(result.stderr) };
}

const SHOWN: Readonly<Record<string, readonly ("stdout" | "stderr")[]>> = {
  stdout: ["stdout"],
  stderr: ["stderr"],
  stdoutAndStderr: ["stdout", "stderr"],
};

/** An empty list counts as none. */
function interpreterOf({ interpreter = [] }: CommandInputs): readonly [string, ...string[]] {
  const [program, ...rest] = interpreter;
  return program === undefined ? ["/bin/sh", "-c"] : [program, ...rest];
}

/** The plugin's own environment, the inputs' over it, and over both the previous outputs that are not empty. */
function environmentOf(args: CommandInputs, previous: Outputs): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...args.environment,
    ...(args.addPreviousOutputInEnv !== false && {
      ...(previous.stdout !== "" && { PULUMI_COMMAND_STDOUT: previous.stdout }),
      ...(previous.stderr !== "" && { PULUMI_COMMAND_STDERR: previous.stderr }),
    }),
  };
}

/** Exactly one newline at the end is dropped. @throws Error for what is not UTF-8: a state cannot hold it */
function textOf(bytes: Buffer): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.endsWith("\n") ? text.slice(0, -1) : text;
  } catch (error) {
    throw new Error("grpc: error while marshaling: string field contains invalid UTF-8", { cause: error });
  }
}

/** @throws Error for a state without outputs, such as that of an import */
function outputsOf(state: Properties): Outputs {
  const outputs = unwrapSecrets(state) as Partial<Outputs>;
  const missing = (["stdout", "stderr"] as const).filter((name) => outputs[name] === undefined);
  if (missing.length === 0) return { stdout: outputs.stdout ?? "", stderr: outputs.stderr ?? "" };
  const list = missing.map((name) => `\n\t${name}: Missing required field '${name}' on 'local.CommandOutputs'`);
  throw new Error(`${missing.length} failures decoding:${list.join("")}`);
}
