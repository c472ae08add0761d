/** What a step is for: the embedded database, one on AWS, or any other PostgreSQL. */
export type Kind = "embedded" | "AWS" | "elsewhere";

/** One step of a runbook: one command. */
export interface Step {
  /** Variants of one step share it. */
  readonly number: number;
  readonly title: string;
  /** Empty: for every kind. */
  readonly kinds: readonly Kind[];
  readonly command: string;
  /** What the command promises. */
  readonly expect: string;
  /** The decision behind it. */
  readonly decide: string;
}

/** A heading with the text below it, up to the next one. */
export interface Section {
  readonly heading: string;
  readonly text: string;
  /** Where the section is one. */
  readonly step: Step | undefined;
}

/** A runbook, as its Markdown says it. */
export interface Page {
  readonly title: string;
  /** Its first paragraph, one line. */
  readonly about: string;
  readonly sections: readonly Section[];
}

const KINDS: readonly Kind[] = ["embedded", "AWS", "elsewhere"];
const STEP = /^### (\d+)\. (.+?)(?: \(((?:embedded|AWS|elsewhere)(?:, (?:embedded|AWS|elsewhere))*)\))?$/;

/**
 * Reads a runbook page. A step is a heading of the third level, `### 3. What to do (embedded, AWS)`, with one block of `sh` that
 * holds one command, and a paragraph each that begin with **Expect** and **Then**.
 */
export function readPage(markdown: string): Page {
  const [head = "", ...sections] = markdown.split(/^(?=###? )/m);
  const [title = "", ...about] = head.split("\n");
  return {
    title: title.replace(/^# /, ""),
    about: paragraphsOf(about.join("\n"))[0] ?? "",
    sections: [sectionOf(head), ...sections.map(sectionOf)],
  };
}

export function stepsOf({ sections }: Page): Step[] {
  return sections.flatMap(({ step }) => (step === undefined ? [] : [step]));
}

/** The page as it fits one kind of database; undefined: nobody knows which it is, and all of it is given. */
export function fitPage(page: Page, kind: Kind | undefined): Page {
  const fits = ({ step }: Section): boolean =>
    kind === undefined || step === undefined || step.kinds.length === 0 || step.kinds.includes(kind);
  return { ...page, sections: page.sections.filter(fits) };
}

function sectionOf(part: string): Section {
  const [heading = "", ...lines] = part.trimEnd().split("\n");
  const text = lines.join("\n").trim();
  const [, number, title = "", kinds = ""] = STEP.exec(heading) ?? [];
  if (number === undefined) return { heading, text, step: undefined };
  const paragraphs = paragraphsOf(text);
  const step = {
    ...{ number: Number(number), title, kinds: KINDS.filter((kind) => kinds.split(", ").includes(kind)) },
    command: /^```sh\n(.+)\n```$/m.exec(text)?.[1] ?? "",
    expect: led(paragraphs, "Expect"),
    decide: led(paragraphs, "Then"),
  };
  return { heading, text, step };
}

function paragraphsOf(text: string): string[] {
  return text
    .split("\n\n")
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");
}

function led(paragraphs: readonly string[], word: string): string {
  const mark = `**${word}**`;
  return (
    paragraphs
      .find((one) => one.startsWith(mark))
      ?.slice(mark.length)
      .replace(/^,? /, "") ?? ""
  );
}
