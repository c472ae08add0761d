import { randomBytes } from "node:crypto";
import type {
  CheckResult,
  CreateResult,
  DiffResult,
  InvokeResult,
  Provider,
  ReadResult,
  UpdateResult,
} from "@pulumi/pulumi/provider/index.js";
import { checkInputs, INPUT_NAMES, inputsOf, type CommandInputs } from "./inputs.js";
import { containsSecrets, makeSecret, unwrapSecrets, type Properties } from "./property-values.js";
import { runCommand } from "./run-command.js";
import { isDeepStrictEqual } from "node:util";

/** Shows one line of a command's output beside its resource while it runs; it is not kept. */
export type ShowLine = (urn: string, line: string) => void;

interface Outputs {
  readonly stdout: string;
  readonly stderr: string;
}

const NO_OUTPUTS: Outputs = { stdout: "", stderr: "" };

/**
 * `command:local:Command` of Pulumi's command provider 1.2.1, for machines that may not download it: it runs the
 * same commands with the same inputs, outputs, differences and errors. Assets and the remote resources are not in it.
 */
export class CommandStandIn implements Provider {
  readonly version = "1.2.1";

  constructor(private readonly showLine: ShowLine) {}

  check(urn: string, _olds: Properties, news: Properties): Promise<CheckResult> {
    return Promise.resolve({ inputs: news, failures: checkInputs(urn, news) });
  }

  /** Every change is an update in place; only a changed trigger replaces. */
  diff(_id: string, _urn: string, olds: Properties, news: Properties): Promise<DiffResult> {
    const changed = INPUT_NAMES.filter((name) => !isDeepStrictEqual(olds[name] ?? null, news[name] ?? null));
    return Promise.resolve({ changes: changed.length > 0, replaces: changed.filter((name) => name === "triggers") });
  }

  async create(urn: string, inputs: Properties): Promise<CreateResult> {
    const args = inputsOf(inputs);
    const outputs = await this.run(urn, args.create, args, NO_OUTPUTS);
    const name = urn.split("::").slice(3).join("::");
    return { id: `${name}${randomBytes(4).toString("hex")}`, outs: stateOf(inputs, outputs) };
  }

  async update(_id: string, urn: string, olds: Properties, news: Properties): Promise<UpdateResult> {
    const args = inputsOf(news);
    const outputs = await this.run(urn, args.update ?? args.create, args, outputsOf(olds));
    return { outs: stateOf(news, outputs) };
  }

  async delete(_id: string, urn: string, state: Properties): Promise<void> {
    const args = inputsOf(state);
    await this.run(urn, args.delete, args, outputsOf(state));
  }

  /** There is nothing outside the state to read: it is given back as it is. */
  read(id: string, _urn: string, state: Properties = {}): Promise<ReadResult> {
    return Promise.resolve({ id, props: state });
  }

  async invoke(token: string, inputs: Properties): Promise<InvokeResult> {
    if (token !== "command:local:run") throw new Error(`the stand-in for the command plugin has no function ${token}`);
    const outputs = await this.run("", inputsOf(inputs).command, inputsOf(inputs), NO_OUTPUTS);
    return { outputs: stateOf(inputs, outputs) };
  }

  private async run(
    urn: string,
    command: string | undefined,
    args: CommandInputs,
    previous: Outputs,
  ): Promise<Outputs> {
    if (command === undefined) return previous;
    const shown = SHOWN[args.logging ?? "stdoutAndStderr"] ?? [];
    const result = await runCommand({
      command,
      interpreter: interpreterOf(args),
      cwd: args.dir ?? process.cwd(),
      env: {
        ...process.env,
        ...args.environment,
        ...(args.addPreviousOutputInEnv === false ? {} : previousInEnv(previous)),
      },
      ...(args.stdin !== undefined && { stdin: args.stdin }),
      onLine: (stream, line) => {
        if (shown.includes(stream)) this.showLine(urn, line);
      },
    });
    if (result.failure !== undefined) {
      throw new Error(`${result.failure}: running ${JSON.stringify(command)}:\n${result.both}`);
    }
    return { stdout: withoutNewline(result.stdout), stderr: withoutNewline(result.stderr) };
  }
}

const SHOWN: Readonly<Record<string, readonly string[]>> = {
  stdout: ["stdout"],
  stderr: ["stderr"],
  stdoutAndStderr: ["stdout", "stderr"],
  none: [],
};

/** An empty list counts as none. */
function interpreterOf(args: CommandInputs): readonly [string, ...string[]] {
  const [program, ...rest] = args.interpreter ?? [];
  return program === undefined ? ["/bin/sh", "-c"] : [program, ...rest];
}

/** An empty output is not passed on. */
function previousInEnv(previous: Outputs): NodeJS.ProcessEnv {
  return {
    ...(previous.stdout !== "" && { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr !== "" && { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}

/** Exactly one newline at the end is dropped. */
function withoutNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function outputsOf(state: Properties): Outputs {
  const { stdout, stderr } = unwrapSecrets(state) as Partial<Outputs>;
  return { stdout: stdout ?? "", stderr: stderr ?? "" };
}

/** What is kept: the inputs, and the outputs beside them; the outputs are secret where any input is. */
function stateOf(inputs: Properties, outputs: Outputs): Properties {
  const keep = containsSecrets(inputs) ? makeSecret : (value: unknown): unknown => value;
  return { ...inputs, stdout: keep(outputs.stdout), stderr: keep(outputs.stderr) };
}
