/** Where the files of a report can be looked at. */
export interface Links {
  /** `https://github.com/acme/shop/blob/<commit>/`; undefined where nobody knows. */
  readonly files: string | undefined;
  /** Where the project is in the repository, with a slash at its end; empty at its root. */
  readonly prefix: string;
  /** The head of the change. */
  readonly commit: string | undefined;
}

/**
 * A text of a change or of a server as Markdown shows it, in a table too. It can open no tag, link or comment, and calls nobody
 * by an @ name: a message may well say @closes.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]|#!~]/g, "\\$&")
    .replaceAll("@", "@<!-- -->")
    .replaceAll(/\s*\r?\n\s*/g, " ");
}

export function linkTo({ files, prefix }: Links, path: string, line: number, label: string): string {
  if (files === undefined) return escapeMarkdown(label);
  const url = `${files}${[...prefix.split("/"), ...path.split("/")]
    .filter((part) => part !== "")
    .map(encodeURIComponent)
    .join("/")}`;
  return `[${escapeMarkdown(label)}](${url.replaceAll(/[()]/g, (one) => (one === "(" ? "%28" : "%29"))}#L${line})`;
}

/** @param rows cells as Markdown */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row), ""];
}
