/**
 * What Pulumi's command provider 1.2.1 does with `command:local:Command`, seen on the official plugin under engine 3.245.
 * The stand-in has to do the same. HOLDFAST_TEST_COMMAND_PLUGIN=<folder of the official plugin> runs the same rows on that.
 */
import * as pulumi from "@pulumi/pulumi";

export interface ChangeRow {
  readonly it: string;
  /** Inputs of a first deploy, and of a second one. */
  readonly was: object;
  readonly then: object;
  readonly op: "same" | "update" | "replace";
  /** The detailed difference: path and kind. */
  readonly diff?: Readonly<Record<string, string>>;
  /** Whether a preview of the second deploy knows stdout. @default true where nothing changes, else false */
  readonly known?: boolean;
  /** stdout after the first and after the second deploy. */
  readonly stdout: readonly [string, string];
}

const secret = (value: string): pulumi.Output<string> => pulumi.secret(value);

/** Shown as `[…]`, so that an unset variable and an empty one both show. */
const SHOW_PREVIOUS = "echo [${PULUMI_COMMAND_STDOUT-unset}]";

export const CHANGES: readonly ChangeRow[] = [
  { it: "nothing changed", was: { create: "echo a" }, then: { create: "echo a" }, op: "same", stdout: ["a", "a"] },
  { it: "no inputs at all", was: {}, then: {}, op: "same", stdout: ["", ""] },
  {
    it: "another create runs it again",
    was: { create: "echo a" },
    then: { create: "echo b" },
    op: "update",
    diff: { create: "update" },
    stdout: ["a", "b"],
  },
  {
    it: "create comes in",
    was: {},
    then: { create: "echo a" },
    op: "update",
    diff: { create: "add" },
    known: true,
    stdout: ["", "a"],
  },
  {
    it: "create goes, and update runs",
    was: { create: "echo a", update: "echo u" },
    then: { update: "echo u" },
    op: "update",
    diff: { create: "delete" },
    stdout: ["a", "u"],
  },
  {
    it: "create goes, and nothing is left to run: the outputs stay",
    was: { create: "echo a", delete: "true" },
    then: { delete: "true" },
    op: "update",
    diff: { create: "delete" },
    stdout: ["a", "a"],
  },
  {
    it: "update alone does not run at creation",
    was: { update: "echo u" },
    then: { update: "echo v" },
    op: "update",
    diff: { update: "update" },
    stdout: ["", "v"],
  },
  {
    it: "update comes in, and runs at once",
    was: { create: "echo a" },
    then: { create: "echo a", update: "echo u" },
    op: "update",
    diff: { update: "add" },
    known: true,
    stdout: ["a", "u"],
  },
  {
    it: "another update",
    was: { create: "echo a", update: "echo u" },
    then: { create: "echo a", update: "echo v" },
    op: "update",
    diff: { update: "update" },
    stdout: ["a", "v"],
  },
  {
    it: "an empty update runs, and prints nothing",
    was: { create: "echo a", update: "" },
    then: { create: "echo b", update: "" },
    op: "update",
    diff: { create: "update" },
    stdout: ["a", ""],
  },
  {
    it: "delete comes in, and create runs again",
    was: { create: "echo a" },
    then: { create: "echo a", delete: "echo d" },
    op: "update",
    diff: { delete: "add" },
    known: true,
    stdout: ["a", "a"],
  },
  {
    it: "another value in the environment",
    was: { create: "echo $A", environment: { A: "1" } },
    then: { create: "echo $A", environment: { A: "2" } },
    op: "update",
    diff: { "environment.A": "update" },
    stdout: ["1", "2"],
  },
  {
    it: "another variable in the environment",
    was: { create: "echo $A$B", environment: { A: "1" } },
    then: { create: "echo $A$B", environment: { A: "1", B: "2" } },
    op: "update",
    diff: { "environment.B": "add" },
    stdout: ["1", "12"],
  },
  {
    it: "a variable whose name needs quotes",
    was: { create: "echo a", environment: { "a.b": "1" } },
    then: { create: "echo a", environment: { "a.b": "2" } },
    op: "update",
    diff: { 'environment["a.b"]': "update" },
    stdout: ["a", "a"],
  },
  {
    it: "the environment goes",
    was: { create: "echo [$A]", environment: { A: "1" } },
    then: { create: "echo [$A]" },
    op: "update",
    diff: { environment: "delete" },
    stdout: ["[1]", "[]"],
  },
  {
    it: "an empty environment goes",
    was: { create: "echo a", environment: {} },
    then: { create: "echo a" },
    op: "update",
    diff: { environment: "delete" },
    stdout: ["a", "a"],
  },
  {
    it: "another directory",
    was: { create: "basename $PWD", dir: "." },
    then: { create: "basename $PWD", dir: "sub" },
    op: "update",
    diff: { dir: "update" },
    stdout: ["work", "sub"],
  },
  {
    it: "another standard input, of which one newline at the end is dropped",
    was: { create: "cat", stdin: "one\n\n" },
    then: { create: "cat", stdin: "two" },
    op: "update",
    diff: { stdin: "update" },
    stdout: ["one\n", "two"],
  },
  {
    it: "without standard input there is nothing to read",
    was: { create: "cat; echo end" },
    then: { create: "cat; echo end" },
    op: "same",
    stdout: ["end", "end"],
  },
  {
    it: "an interpreter comes in",
    was: { create: "echo a" },
    then: { create: "echo a", interpreter: ["/bin/sh", "-ec"] },
    op: "update",
    diff: { interpreter: "add" },
    known: true,
    stdout: ["a", "a"],
  },
  {
    it: "an empty interpreter is the shell",
    was: { create: "echo a", interpreter: [] },
    then: { create: "echo a" },
    op: "update",
    diff: { interpreter: "delete" },
    stdout: ["a", "a"],
  },
  {
    it: "logging comes in",
    was: { create: "echo a" },
    then: { create: "echo a", logging: "none" },
    op: "update",
    diff: { logging: "add" },
    known: true,
    stdout: ["a", "a"],
  },
  {
    it: "the previous output is in the environment of an update",
    was: { create: "echo a" },
    then: { create: SHOW_PREVIOUS },
    op: "update",
    diff: { create: "update" },
    stdout: ["a", "[a]"],
  },
  {
    it: "the previous output wins over the environment",
    was: { create: "echo a", environment: { PULUMI_COMMAND_STDOUT: "mine" } },
    then: { create: SHOW_PREVIOUS, environment: { PULUMI_COMMAND_STDOUT: "mine" } },
    op: "update",
    diff: { create: "update" },
    stdout: ["a", "[a]"],
  },
  {
    it: "an empty previous output is not set",
    was: { create: "true" },
    then: { create: SHOW_PREVIOUS },
    op: "update",
    diff: { create: "update" },
    stdout: ["", "[unset]"],
  },
  {
    it: "the previous output can be kept away",
    was: { create: "echo a", addPreviousOutputInEnv: false },
    then: { create: SHOW_PREVIOUS, addPreviousOutputInEnv: false },
    op: "update",
    diff: { create: "update" },
    stdout: ["a", "[unset]"],
  },
  {
    it: "keeping it away is a change too",
    was: { create: "echo a" },
    then: { create: "echo a", addPreviousOutputInEnv: false },
    op: "update",
    diff: { addPreviousOutputInEnv: "add" },
    known: true,
    stdout: ["a", "a"],
  },
  {
    it: "another trigger replaces",
    was: { create: "echo a", triggers: ["a"] },
    then: { create: "echo a", triggers: ["b"] },
    op: "replace",
    diff: { "triggers[0]": "update-replace" },
    stdout: ["a", "a"],
  },
  {
    it: "one more trigger replaces",
    was: { create: "echo a", triggers: ["a"] },
    then: { create: "echo a", triggers: ["a", "b"] },
    op: "replace",
    diff: { "triggers[1]": "add-replace" },
    stdout: ["a", "a"],
  },
  {
    it: "triggers come in, and replace",
    was: { create: "echo a" },
    then: { create: "echo a", triggers: ["a"] },
    op: "replace",
    diff: { triggers: "add-replace" },
    stdout: ["a", "a"],
  },
  {
    it: "empty triggers replace as well",
    was: { create: "echo a" },
    then: { create: "echo a", triggers: [] },
    op: "replace",
    diff: { triggers: "add-replace" },
    stdout: ["a", "a"],
  },
  {
    it: "triggers go, and replace",
    was: { create: "echo a", triggers: ["a"] },
    then: { create: "echo a" },
    op: "replace",
    diff: { triggers: "delete-replace" },
    stdout: ["a", "a"],
  },
  {
    it: "a trigger differs deep inside",
    was: { create: "echo a", triggers: [{ x: [1] }] },
    then: { create: "echo a", triggers: [{ x: [2] }] },
    op: "replace",
    diff: { "triggers[0].x[0]": "update-replace" },
    stdout: ["a", "a"],
  },
  {
    it: "a trigger with null in it is the same as before",
    was: { create: "echo a", triggers: [{ x: [1], y: null }] },
    then: { create: "echo a", triggers: [{ x: [1], y: null }] },
    op: "same",
    stdout: ["a", "a"],
  },
  {
    it: "a replacement runs create, not update",
    was: { create: "echo a", triggers: ["a"] },
    then: { create: "echo b", triggers: ["b"], update: "echo u" },
    op: "replace",
    diff: { create: "update", "triggers[0]": "update-replace", update: "add" },
    stdout: ["a", "b"],
  },
  {
    it: "a secret stays the same",
    was: { create: "echo $A", environment: { A: secret("s"), B: "b" } },
    then: { create: "echo $A", environment: { A: secret("s"), B: "b" } },
    op: "same",
    stdout: ["s", "s"],
  },
  {
    it: "another secret",
    was: { create: "echo $A", environment: { A: secret("s") } },
    then: { create: "echo $A", environment: { A: secret("t") } },
    op: "update",
    diff: { "environment.A": "update" },
    stdout: ["s", "t"],
  },
  {
    it: "a secret becomes plain",
    was: { create: "echo $A", environment: { A: secret("s") } },
    then: { create: "echo $A", environment: { A: "s" } },
    op: "update",
    diff: { "environment.A": "update" },
    stdout: ["s", "s"],
  },
  {
    it: "a plain value becomes a secret",
    was: { create: "echo $A", environment: { A: "s" } },
    then: { create: "echo $A", environment: { A: secret("s") } },
    op: "update",
    diff: { "environment.A": "update" },
    stdout: ["s", "s"],
  },
  {
    it: "a secret standard input does not make the output secret",
    was: { create: "cat", stdin: secret("s") },
    then: { create: "cat", stdin: secret("s") },
    op: "same",
    stdout: ["s", "s"],
  },
  {
    it: "one newline is dropped, blanks are not",
    was: { create: "printf ' a\\r\\n\\n'" },
    then: { create: "printf ' a\\r\\n\\n'" },
    op: "same",
    stdout: [" a\r\n", " a\r\n"],
  },
  {
    it: "no newline, beyond ASCII",
    was: { create: "printf 'ä✓'" },
    then: { create: "printf 'ä✓'" },
    op: "same",
    stdout: ["ä✓", "ä✓"],
  },
];

export interface FailureRow {
  readonly it: string;
  readonly inputs: object;
  readonly error: string;
}

/** Commands that fail when they run; nothing of them is kept in the state. */
export const FAILURES: readonly FailureRow[] = [
  {
    it: "exit code 3, with what it printed",
    inputs: { create: "echo o; exit 3" },
    error: 'exit status 3: running "echo o; exit 3":\no',
  },
  {
    it: "a quoted command",
    inputs: { create: 'echo "a\tb\\n"; exit 1\n# é\u0001' },
    error: 'exit status 1: running "echo \\"a\\tb\\\\n\\"; exit 1\\n# é\\x01":\na\tb',
  },
  { it: "a signal", inputs: { create: "kill -9 $$" }, error: 'signal: killed: running "kill -9 $$":' },
  {
    it: "no such directory",
    inputs: { create: "true", dir: "nowhere" },
    error: 'chdir nowhere: no such file or directory: running "true":',
  },
  {
    it: "no such interpreter",
    inputs: { create: "true", interpreter: ["/nowhere/sh"] },
    error: 'fork/exec /nowhere/sh: no such file or directory: running "true":',
  },
  {
    it: "no such interpreter on PATH",
    inputs: { create: "true", interpreter: ["nosuchprogram"] },
    error: 'exec: "nosuchprogram": executable file not found in $PATH: running "true":',
  },
  {
    it: "an output that is not UTF-8",
    inputs: { create: "printf 'a\\342b'" },
    error: "grpc: error while marshaling: string field contains invalid UTF-8",
  },
];

const mistyped = (property: string, value: string, type: string, got: string): string =>
  `property ${property} value {${value}} has a problem: ` +
  `Field '${property}' on 'local.CommandInputs' must be a '${type}'; got '${got}' instead`;

/** Inputs that are refused in the preview. */
export const REFUSALS: readonly FailureRow[] = [
  { it: "create: 5", inputs: { create: 5 }, error: mistyped("create", "5", "string", "float64") },
  { it: "logging: 5", inputs: { logging: 5 }, error: mistyped("logging", "5", "local.Logging", "float64") },
  {
    it: 'environment: "x"',
    inputs: { environment: "x" },
    error: mistyped("environment", "x", "map[string]string", "string"),
  },
  {
    it: "environment: {A: 1}",
    inputs: { environment: { A: 1 } },
    error: mistyped("environment[A] value", "<nil>", "string", "float64"),
  },
  { it: 'triggers: "x"', inputs: { triggers: "x" }, error: mistyped("triggers", "x", "[]interface {}", "string") },
  {
    it: 'interpreter: "sh"',
    inputs: { interpreter: "sh" },
    error: mistyped("interpreter", "sh", "[]string", "string"),
  },
  {
    it: 'addPreviousOutputInEnv: "yes"',
    inputs: { addPreviousOutputInEnv: "yes" },
    error: mistyped("addPreviousOutputInEnv", "yes", "bool", "string"),
  },
  {
    it: 'bogus: "x"',
    inputs: { bogus: "x" },
    error: "property bogus value {x} has a problem: Unrecognized field 'bogus' on 'local.CommandInputs'",
  },
];
