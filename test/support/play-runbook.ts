import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fitPage, readPage, stepsOf, type Step } from "../../cli/runbook/read-page.js";
import { fill, placeholdersIn } from "../../cli/runbook/placeholders.js";
import { SITUATIONS } from "../../cli/runbook/situations.js";
import type { CliRun } from "./cli.js";
import { createRunbookWorld, type RunbookWorld } from "./runbook-world.js";

/** What one step of a page is run with, and what shows that it keeps its promise. */
export interface PlayedStep {
  /** What happens before it without the page's doing. */
  readonly before?: (world: RunbookWorld) => Promise<void>;
  /** What the person found out who follows the page: placeholders that `holdfast runbook` does not know, or names of their own. */
  readonly values?: (world: RunbookWorld) => Record<string, string> | Promise<Record<string, string>>;
  /** Another name for what is restored, where one page restores several times. */
  readonly as?: string;
  /** What is typed when it asks. */
  readonly answers?: readonly (readonly [question: RegExp, answer: string])[];
  /** Default 0. */
  readonly exitCode?: number;
  readonly promises: (run: CliRun, world: RunbookWorld) => void | Promise<void>;
}

export interface Story {
  /** Prepares the disk, before there is a database on it. */
  readonly place?: (dataRoot: string, projectName: string, test: Mocha.Context) => void;
  /** Gives back what is outside of the data root, or mounted there. */
  readonly clear?: (world: RunbookWorld) => Promise<void>;
  /** Makes the situation. */
  readonly stage: (world: RunbookWorld) => Promise<void>;
  /** By the step's number; each step of the page for embedded databases, in the page's order. */
  readonly steps: Readonly<Record<number, PlayedStep>>;
  /** What must be true of the data in the end. */
  readonly end: (world: RunbookWorld) => Promise<void>;
}

/** The page's steps for an embedded database. */
export function embeddedSteps(situation: string): Step[] {
  return stepsOf(fitPage(readPage(readFileSync(join("docs", SITUATIONS[situation] ?? ""), "utf8")), "embedded"));
}

/** Plays a page through, command by command as it stands there, filled in by `holdfast runbook` itself. */
export function playRunbook(situation: string, story: Story): void {
  describe(`the runbook ${situation}, played through`, function () {
    this.timeout(120_000);
    let world: RunbookWorld;
    let isMade = false;
    let filled: Filled;
    before(async function () {
      const { place } = story;
      world = await createRunbookWorld((root, name) => place?.(root, name, this));
      isMade = true;
      await story.stage(world);
      filled = await askRunbook(world, situation);
    });
    after(async () => {
      if (!isMade) return;
      await story.clear?.(world);
      await world.remove();
    });
    // A step whose promise was broken leaves a world that the next ones say nothing about.
    this.bail(true);

    for (const step of embeddedSteps(situation)) {
      it(`${step.number}. ${step.title}`, async () => {
        const played = story.steps[step.number];
        assert.ok(played !== undefined, "nobody plays this step");
        await play(world, played, commandOf(filled, step.number));
      });
    }

    it("in the end all is as it must be, and every step was one of the page's", async () => {
      const numbers = embeddedSteps(situation).map(({ number }) => String(number));
      assert.deepEqual(Object.keys(story.steps), numbers);
      await story.end(world);
    });
  });
}

interface Filled {
  readonly kind: string;
  readonly steps: readonly { readonly number: number; readonly command: string }[];
}

async function askRunbook(world: RunbookWorld, situation: string): Promise<Filled> {
  const run = await world.holdfast("runbook", situation, "dev", "--json");
  assert.equal(run.exitCode, 0, run.stderr);
  return run.json() as Filled;
}

function commandOf({ steps }: Filled, number: number): string {
  const found = steps.filter((step) => step.number === number);
  assert.equal(found.length, 1, "only the variant that fits is printed");
  return found[0]?.command ?? "";
}

async function play(world: RunbookWorld, played: PlayedStep, command: string): Promise<void> {
  await played.before?.(world);
  const named = played.as === undefined ? command : command.replace(/ --as \S+/, ` --as ${played.as}`);
  const whole = fill(named, (await played.values?.(world)) ?? {});
  assert.deepEqual(placeholdersIn(whole), [], "everything is filled in");
  const run = await world.run(whole, played.answers);
  assert.equal(run.exitCode, played.exitCode ?? 0, `${whole}\n${run.stdout}${run.stderr}`);
  await played.promises(run, world);
}
