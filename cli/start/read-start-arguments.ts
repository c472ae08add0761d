import { HoldfastError, nearestName } from "../../engine/index.js";

/** Commands that run the program; every other one goes to Pulumi's command line as it stands. */
const ENGINE_COMMANDS = ["up", "preview", "refresh", "destroy"] as const;
export type EngineCommand = (typeof ENGINE_COMMANDS)[number];

export interface EngineFlags {
  /** `up` at once, without the preview that would stop it. */
  readonly skipPreview: boolean;
  /** Ask the providers for the real state first. */
  readonly refresh: boolean;
}

export interface StartArguments {
  /** undefined: `rest` is meant for Pulumi's command line. */
  readonly command: EngineCommand | undefined;
  /** @default "dev" */
  readonly stack: string;
  readonly flags: EngineFlags;
  readonly rest: readonly string[];
}

const FLAGS = ["--stack", "-s", "--skip-preview", "--refresh", "--yes", "-y"];

/** Reads what stands behind `npm start --`. @throws HoldfastError invalid_usage */
export function readStartArguments(args: readonly string[]): StartArguments {
  const [first = "up", ...rest] = args;
  const command = ENGINE_COMMANDS.find((name) => name === first);
  if (command === undefined) return { command, stack: readStack(args), flags: NO_FLAGS, rest: args };
  const unknown = withoutStack(rest).find((arg) => !FLAGS.includes(arg));
  if (unknown !== undefined) throw unknownFlag(command, unknown);
  const has = (...names: string[]): boolean => names.some((name) => rest.includes(name));
  return {
    command,
    stack: readStack(rest),
    flags: { skipPreview: has("--skip-preview"), refresh: has("--refresh") },
    rest,
  };
}

const NO_FLAGS: EngineFlags = { skipPreview: false, refresh: false };
const STACK = /^(?:--stack|-s)(?:=(.*))?$/;

function readStack(args: readonly string[]): string {
  const at = args.findIndex((arg) => STACK.test(arg));
  if (at < 0) return "dev";
  const name = STACK.exec(args[at] ?? "")?.[1] ?? args[at + 1];
  if (name !== undefined && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) return name;
  throw new HoldfastError("invalid_usage", `${args[at] ?? "--stack"} is not followed by the name of a stack.`, {
    next: "Name it: npm start -- preview --stack dev",
  });
}

function withoutStack(args: readonly string[]): string[] {
  return args.filter((arg, index) => !STACK.test(arg) && !/^(--stack|-s)$/.test(args[index - 1] ?? ""));
}

function unknownFlag(command: EngineCommand, flag: string): HoldfastError {
  const nearest = nearestName(flag, FLAGS);
  const meant = nearest === undefined ? "" : `Did you mean ${nearest}? `;
  return new HoldfastError("invalid_usage", `npm start -- ${command} does not know ${flag}.`, {
    next: `${meant}It knows --stack NAME, --skip-preview, --refresh and --yes; the summary prints how to run a plain pulumi with all of its own.`,
  });
}
