import { situationOfLink } from "./situations.js";
import type { Section } from "./read-page.js";

/** The sections as plain text: no marks of emphasis, and a link to another runbook as the command that prints it. */
export function renderSections(sections: readonly Section[], instance: string | undefined): string {
  const blocks = sections.map(({ heading, text }) => [heading, text].filter((part) => part !== "").join("\n\n"));
  return withoutMarks(blocks.join("\n\n"), instance);
}

/** One paragraph of a page as plain text. */
export function withoutMarks(markdown: string, instance: string | undefined): string {
  const target = instance === undefined ? "" : ` ${instance}`;
  return markdown
    .replaceAll(/^```\w*\n(.*?)\n```$/gms, (_, block: string) => block.replaceAll(/^/gm, "    "))
    .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, words: string, link: string) => {
      const situation = situationOfLink(link);
      return situation === undefined ? words : `${words} (holdfast runbook ${situation}${target})`;
    })
    .replaceAll(/\*\*(.+?)\*\*/gs, "$1");
}
