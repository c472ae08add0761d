import { scanText, type Stretch } from "./scan-text.js";

/**
 * The text with every string, number and comment blotted out, line by line and column by column the same, so that an
 * excerpt of it is safe in a log. Where the text ends inside a literal nobody can tell what is one: all of it goes.
 */
export function redactLiterals(text: string): string {
  const stretches = scanText(text);
  if (stretches.some(({ isClosed }) => !isClosed)) return blot(text);
  return stretches.map((stretch) => redactStretch(text, stretch)).join("");
}

function redactStretch(text: string, { kind, offset, end }: Stretch): string {
  const part = text.slice(offset, end);
  if (kind === "quoted") return part;
  if (kind === "code") return part.replace(/(?<![\w$])\.?\d[\w.]*/g, blot);
  return blot(part);
}

function blot(part: string): string {
  return part.replace(/[^\s]/gu, "•");
}
