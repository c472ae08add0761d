import { constants } from "node:os";

const ESCAPES: Readonly<Record<string, string>> = { "\x07": "\\a", "\x0b": "\\v" };

/** A text in double quotes as Go's `%q` writes it, which is how the plugin names the command that failed. */
export function goQuote(text: string): string {
  // JSON differs only in how it writes control characters.
  const quoted = JSON.stringify(text).replace(/\\u00([01][0-9a-f])/g, (_, hex: string) => {
    const char = String.fromCharCode(parseInt(hex, 16));
    return ESCAPES[char] ?? `\\x${hex}`;
  });
  return quoted.replaceAll("\x7f", "\\x7f");
}

const SIGNAL_TEXTS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGILL: "illegal instruction",
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
};

/** How Go tells that a signal ended a process. */
export function goSignal(signal: NodeJS.Signals): string {
  return `signal: ${SIGNAL_TEXTS[signal] ?? `signal ${constants.signals[signal]}`}`;
}

/** How Go tells why a process could not be started. */
export function goStartFailure(what: string, error: NodeJS.ErrnoException): string {
  const reason = { ENOENT: "no such file or directory", EACCES: "permission denied" }[error.code ?? ""];
  return `${what}: ${reason ?? error.message}`;
}
