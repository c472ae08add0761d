import type { DiagnosticEvent, EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { createColors } from "picocolors";
import type { ErrorCode } from "../../engine/index.js";
import type { Terminal } from "../terminal.js";

export interface EventView {
  see(event: EngineEvent): void;
  /** Whether the engine told of an error. */
  sawErrors(): boolean;
  /** The code of the error that a command of Holdfast's own failed with. */
  failureCode(): ErrorCode | undefined;
}

/** What each operation is called, in a preview and while it is done. Others go without a line. */
const VERBS: Readonly<Record<string, readonly [string, string]>> = {
  create: ["will create", "creating"],
  update: ["will update", "updating"],
  delete: ["will delete", "deleting"],
  replace: ["will REPLACE", "REPLACING"],
  import: ["will import", "importing"],
};

/** Resources without a meaning of their own to a reader. */
const INTERNAL = /^pulumi:(pulumi:Stack|providers:)/;

/** How the command provider tells of a failed command, all that it printed behind it. */
const COMMAND_FAILED = /^(exit status \d+|signal: .*): running "/;
/** The answer of a command of Holdfast's own that failed. */
const ANSWER = /^\{"ok":false,"code":"(\w+)"/;

function codeIn(text: string): ErrorCode | undefined {
  const code = text.split("\n").flatMap((line) => ANSWER.exec(line)?.[1] ?? [])[0];
  return code === undefined || code === "unexpected" ? undefined : (code as ErrorCode);
}

/** Shows a run on stderr: what changes, what the program and its commands say, and each error once. */
export function showEvents(terminal: Terminal, isPreview: boolean): EventView {
  const told = new Set<string>();
  let sawErrors = false;
  let failureCode: ErrorCode | undefined;
  return {
    see: ({ resourcePreEvent, diagnosticEvent }) => {
      if (resourcePreEvent !== undefined) showStep(resourcePreEvent.metadata);
      if (diagnosticEvent !== undefined) showDiagnostic(diagnosticEvent);
    },
    sawErrors: () => sawErrors,
    failureCode: () => failureCode,
  };

  function showStep({ op, urn, type }: StepEventMetadata): void {
    const verb = VERBS[op]?.[isPreview ? 0 : 1];
    if (verb === undefined || INTERNAL.test(type)) return;
    terminal.note(`${verb} ${urn.split("::").at(-1) ?? ""} (${type.split(":").at(-1) ?? type})`);
  }

  function showDiagnostic({ severity, message, ephemeral = false }: DiagnosticEvent): void {
    const text = message.replace(/<\{%[^%]*%\}>/g, "").trimEnd();
    if (text === "" || (severity as string) === "debug") return;
    const isError = severity === "error";
    // The engine repeats an error for the resource, for its parent and for the run.
    if (isError && (text === "update failed" || text === "preview failed")) return;
    if (!ephemeral && told.has(text)) return;
    told.add(text);
    sawErrors ||= isError;
    if (COMMAND_FAILED.test(text)) {
      failureCode ??= codeIn(text);
      // What it printed on stderr was shown line by line while it ran; on stdout it answered the program.
      const [, ...printed] = text.split("\n");
      if (printed.every((line) => line.trim() === "" || told.has(line.trimEnd()) || ANSWER.test(line))) return;
    }
    const { red, yellow, bold } = createColors(terminal.hasColours.error);
    const label = { error: `${red(bold("error"))} `, warning: `${yellow("warning")} ` }[severity as string] ?? "  ";
    terminal.note(label + text.replaceAll("\n", "\n  "));
  }
}
