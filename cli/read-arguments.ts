import { parseArgs } from "node:util";
import { HoldfastError, nearestName } from "../engine/index.js";
import type { Command, Flag, FlagValues, Flags, Word } from "./command.js";

/** Flags every command has. */
export const COMMON_FLAGS = {
  json: { type: "boolean", about: "one JSON document on stdout" },
  help: { type: "boolean", about: "what the command does, with examples" },
} as const satisfies Flags;

export interface ReadArguments {
  readonly isHelp: boolean;
  readonly instance: string | undefined;
  readonly words: readonly string[];
  readonly flags: FlagValues<Flags>;
}

/**
 * Reads what follows a command's name. Nothing is guessed: an unknown flag, a missing or a superfluous word is an error,
 * because a flag that is silently passed over (say, a misspelt --dry-run) does what was not asked for.
 *
 * @param hasAddress DATABASE_URL is set, and stands for an instance that is not named
 * @throws HoldfastError invalid_usage
 */
export function readArguments(
  name: string,
  command: Command,
  args: readonly string[],
  hasAddress = (process.env["DATABASE_URL"] ?? "") !== "",
): ReadArguments {
  const flags: Flags = { ...command.flags, ...COMMON_FLAGS };
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(flags).map(([flag, { type }]) => [flag, optionOf(type)])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) throw unknownFlag(name, token.rawName, Object.keys(flags));
    const fault = valueFault(flag, token);
    if (fault !== undefined) throw usage(name, `${token.rawName} ${fault}`);
  }
  const isHelp = values["help"] === true;
  const [instance, words] = takeInstance(command.words, positionals, values["url"] !== undefined, hasAddress);
  if (!isHelp) refuseWords(name, ownWords(command.words), words);
  return { isHelp, instance, words, flags: values as FlagValues<Flags> };
}

function optionOf(type: Flag["type"]): { type: "string" | "boolean"; multiple?: boolean } {
  return type === "list" ? { type: "string", multiple: true } : { type };
}

/** `--url --json` is a forgotten value, `--reason=--x` is one that begins with dashes. */
function valueFault(
  { type, value: what = "VALUE" }: Flag,
  { value, inlineValue }: { readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
): string | undefined {
  if (type === "boolean") return value === undefined ? undefined : "takes no value";
  const isMissing = value === undefined || value === "" || (inlineValue !== true && value.startsWith("--"));
  return isMissing ? `needs a value (${what})` : undefined;
}

/**
 * With --url the instance is left out. With DATABASE_URL it may be: then it is there when all words are, or when the first
 * word can be nothing else, as in `holdfast sql dev` beside `holdfast sql "SELECT 1"`.
 */
function takeInstance(
  declared: readonly Word[],
  given: readonly string[],
  hasUrl: boolean,
  hasAddress: boolean,
): [string | undefined, readonly string[]] {
  const own = ownWords(declared);
  const [first, ...rest] = given;
  if (own.length === declared.length || first === undefined || hasUrl) return [undefined, given];
  const required = own.filter(({ isOptional }) => isOptional !== true).length;
  const canBeLeftOut = hasAddress && given.length <= own.length && given.length >= required;
  const isOther = required === given.length && required > 0 ? true : /\s/.test(first);
  return canBeLeftOut && isOther ? [undefined, given] : [first, rest];
}

function ownWords(words: readonly Word[]): readonly Word[] {
  return words[0]?.name === "instance" ? words.slice(1) : words;
}

function refuseWords(name: string, words: readonly Word[], given: readonly string[]): void {
  const missing = words.find(({ isOptional }, index) => isOptional !== true && given[index] === undefined);
  if (missing !== undefined) throw usage(name, `the ${missing.name} is missing: ${missing.about}`);
  if (given.length > words.length) throw usage(name, `there is a word too many: "${String(given[words.length])}"`);
}

function unknownFlag(command: string, typed: string, known: readonly string[]): HoldfastError {
  const nearest = nearestName(typed.replace(/^-+/, ""), known);
  return usage(command, `${typed} is no flag of it`, nearest === undefined ? "" : `Did you mean --${nearest}? `);
}

function usage(command: string, fault: string, before = ""): HoldfastError {
  return new HoldfastError("invalid_usage", `holdfast ${command}: ${fault}.`, {
    next: `${before}See: holdfast ${command} --help`,
  });
}
