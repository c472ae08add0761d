import type { Terminal } from "./terminal.js";

/** One flag of a command, spelled as its key. */
export interface Flag {
  /** `list`: a string that may be given several times. */
  readonly type: "string" | "boolean" | "list";
  /** What stands for the value in the help: `URL`, `NAME`. */
  readonly value?: string;
  readonly about: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]?: F[Name]["type"] extends "boolean"
    ? boolean
    : F[Name]["type"] extends "list"
      ? readonly string[]
      : string;
};

/** A word that is not a flag. Optional ones come last. */
export interface Word {
  readonly name: string;
  readonly about: string;
  readonly isOptional?: boolean;
}

/** The first word of commands that work on a database. `--url`, and DATABASE_URL where no instance is named, stand for it. */
export const INSTANCE: Word = {
  name: "instance",
  about: "a local database or a stack of this project, or an entry of holdfast.json",
};

export const OPTIONAL_INSTANCE: Word = {
  ...INSTANCE,
  about: `${INSTANCE.about}; all of them by default`,
  isOptional: true,
};

export interface Invocation<F extends Flags = Flags> {
  /** The words, less the instance; those left out are missing. */
  readonly words: readonly string[];
  /** Only for a command whose first word is INSTANCE; undefined where an address stands for it, or nothing. */
  readonly instance: string | undefined;
  readonly flags: FlagValues<F>;
  readonly terminal: Terminal;
}

/** What a command found: `json` is printed with --json, `text` without. */
export interface Answer {
  readonly json: object;
  text(): string | Promise<string>;
  /** Default 0. A finding is no exception: a check that fails answers, and ends with 3. */
  readonly exitCode?: 0 | 1 | 2 | 3 | 4;
}

export interface Command<F extends Flags = Flags> {
  readonly about: string;
  readonly words: readonly Word[];
  readonly flags: F;
  /** Command lines to copy, each with a remark. */
  readonly examples: readonly (readonly [line: string, remark: string])[];
  run(invocation: Invocation<F>): Promise<Answer>;
}

/** Ties the flags a command declares to the values it is run with. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command {
  return command;
}
