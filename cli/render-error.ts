import type { ErrorDetails, HoldfastError } from "../engine/index.js";

export { errorJson } from "../engine/index.js";

export interface ErrorStyle {
  /** The text stays on a screen: DETAIL and literals, which may hold row values, may be shown. */
  readonly isScreen: boolean;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** An error and every fault found beside it, as a person reads it: what and where, why, what stays, what to do. */
export function renderError(error: HoldfastError, style: ErrorStyle): string {
  const { faults = [] } = error.details;
  const rest = faults.map((fault) => `\n${renderOne(fault, style)}`);
  const count = faults.length + 1;
  const sum = count === 1 ? "" : `\n\n${style.dim(`${count} faults.`)}`;
  return [renderOne(error, style), ...rest].join("\n") + sum;
}

function renderOne({ code, message, details }: HoldfastError, { isScreen, bad, dim }: ErrorStyle): string {
  const { location, sqlState, detail, hint, applied = [], backup, incident, next } = details;
  const place = location === undefined || message.includes(placeOf(location)) ? undefined : placeOf(location);
  const excerpt = isScreen ? details.excerpt : details.redactedExcerpt;
  const state = sqlState === undefined ? "" : `, SQLSTATE ${sqlState}`;
  return [
    `${bad("error")} ${message} ${dim(`[${code}${state}]`)}`,
    ...labelled("at", place),
    ...(excerpt === undefined ? [] : ["", indent(excerpt), ""]),
    ...labelled(
      "detail",
      isScreen ? detail : detail && "not shown here, since it may hold row values; run it on a terminal",
    ),
    ...labelled("hint", hint),
    ...labelled("kept", applied.length === 0 ? undefined : `applied before it, and stay so: ${applied.join(", ")}`),
    ...labelled("backup", backup === undefined ? undefined : `before this run: ${backup.id}; ${backup.restore}`),
    ...labelled("told in", incident),
    ...labelled("next", next),
  ].join("\n");
}

function placeOf({ file, line, column }: NonNullable<ErrorDetails["location"]>): string {
  return `${file}:${line}:${column}`;
}

const LABEL_WIDTH = 8;

function labelled(label: string, text: string | undefined): string[] {
  if (text === undefined || text === "") return [];
  return text.split("\n").map((line, index) => `  ${(index === 0 ? label : "").padEnd(LABEL_WIDTH)}${line}`);
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
