import { defineCommand, type Answer } from "../command.js";
import type { Facts } from "../runbook/find-facts.js";
import { fill, placeholdersIn, PLACEHOLDERS } from "../runbook/placeholders.js";
import { fitPage, readPage, stepsOf, type Kind, type Page, type Step } from "../runbook/read-page.js";
import { renderSections, withoutMarks } from "../runbook/render-page.js";
import { readSituation, SITUATIONS } from "../runbook/situations.js";

export const command = defineCommand({
  about:
    "Prints what to do when something has happened, step by step, with the real names of an instance filled in. Needs no\n" +
    "database: where it cannot be asked, the catalogue of backups and the data root say what they know. Changes nothing.",
  words: [
    { name: "situation", about: `${Object.keys(SITUATIONS).join(", ")}; without one, the list`, isOptional: true },
    { name: "instance", about: "whose names are filled in; it may be gone", isOptional: true },
  ],
  flags: {},
  examples: [
    ["holdfast runbook", "what there is a page for"],
    ["holdfast runbook data-loss dev", "with dev's backups, versions and paths"],
  ],
  async run({ words: [situation, instance] }) {
    if (situation === undefined) return list();
    const page = readPage(readSituation(situation));
    return answer(situation, page, instance, await factsOf(instance));
  },
});

function list(): Answer {
  const pages = Object.keys(SITUATIONS).map((situation) => ({ situation, page: readPage(readSituation(situation)) }));
  const width = Math.max(...pages.map(({ situation }) => situation.length));
  return {
    json: { situations: pages.map(({ situation, page: { title, about } }) => ({ situation, title, about })) },
    text: () =>
      [
        ...pages.map(({ situation, page }) => `${situation.padEnd(width)}  ${withoutMarks(page.about, undefined)}`),
        "",
        "One of them, with your names filled in: holdfast runbook <situation> <instance>",
      ].join("\n"),
  };
}

async function factsOf(instance: string | undefined): Promise<Facts> {
  if (instance === undefined) return { kind: undefined, values: {}, notes: [] };
  const { findFacts } = await import("../runbook/find-facts.js");
  return findFacts(instance);
}

function answer(situation: string, whole: Page, instance: string | undefined, facts: Facts): Answer {
  const page = fitPage(whole, facts.kind);
  const { kind, values, notes } = facts;
  const unknown = placeholdersIn(page.sections.map(({ text }) => text).join("\n"))
    .filter((name) => !Object.hasOwn(values, name))
    .map((placeholder) => ({ placeholder, how: fill(PLACEHOLDERS[placeholder] ?? "", values) }));
  return {
    json: {
      ...{ situation, title: page.title, about: page.about, instance: instance ?? null, kind: kind ?? null },
      ...{ values, notes, unknown, steps: stepsOf(page).map((step) => filledStep(step, facts)) },
    },
    text: () =>
      [
        fill(renderSections(page.sections, instance), values),
        ...remarks(
          "Not known here, and how to find it out:",
          unknown.map(({ placeholder, how }) => `<${placeholder}>  ${how}`),
        ),
        ...remarks("Not asked:", notes),
        "",
        forWhom(instance, kind),
      ].join("\n"),
  };
}

function filledStep(step: Step, { values }: Facts): object {
  const plain = (text: string): string => fill(withoutMarks(text, values["instance"]), values);
  const { number, title, kinds, command: line, expect, decide } = step;
  return {
    ...{ number, title: fill(title, values), for: kinds, command: fill(line, values) },
    ...{ expect: plain(expect), then: plain(decide) },
  };
}

const KIND_NAMES: Readonly<Record<Kind, string>> = {
  embedded: "an embedded database of this machine",
  AWS: "a database on AWS",
  elsewhere: "a PostgreSQL somewhere else",
};

function forWhom(instance: string | undefined, kind: Kind | undefined): string {
  if (instance === undefined) return "No instance was named: nothing is filled in, and the steps are for every kind.";
  if (kind !== undefined) return `Filled in for ${instance}, ${KIND_NAMES[kind]}.`;
  return `Filled in for ${instance}. Nothing here says what it is, so the steps are for every kind.`;
}

function remarks(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", heading, ...lines.map((line) => `  ${line}`)];
}
