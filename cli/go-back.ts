import {
  catalogueFolder,
  findInstanceWaysBack,
  HoldfastError,
  listCatalogue,
  WAYS,
  type Way,
  type WayName,
  type WaysBack,
} from "../engine/index.js";
import { catalogueNameOf } from "./backed-up.js";
import type { Answer } from "./command.js";
import { byHandRequest, deployTargetOf, type DeploymentFlags } from "./deployment.js";
import { goWay } from "./go-way.js";
import { wake, type Target } from "./instances.js";
import { noteDecision } from "./note-decision.js";
import { ask } from "./prompt.js";
import { stoppable } from "./stoppable.js";
import type { Terminal } from "./terminal.js";
import { withPassword } from "./with-session.js";

export interface GoBackFlags extends DeploymentFlags {
  readonly way?: string;
  readonly yes?: boolean;
}

/** Explains the ways back; where one is chosen and confirmed, goes it, and notes that in the incident. */
export async function goBack(target: Target, flags: GoBackFlags, terminal: Terminal): Promise<Answer> {
  const given = readWay(flags.way);
  const found = await findWays(target, flags, terminal);
  const { renderWays } = await import("./render-ways.js");
  const explained = renderWays(target.name, found);
  const isAsked = given === undefined && terminal.canAsk;
  if (isAsked) terminal.note(`${explained}\n`);
  const chosen = given ?? (isAsked ? await askForWay(found) : undefined);
  if (chosen === undefined)
    return { json: { instance: target.name, ...waysJson(found) }, text: () => (isAsked ? "" : explained) };
  const way = openWay(found, chosen, target.name);
  await confirm(target.name, way, flags, terminal);
  const answer = await goWay(target, way, found, flags, terminal);
  await noteDecision(target, way, found, terminal);
  return { ...answer, json: { way: chosen, ...answer.json } };
}

function readWay(given: string | undefined): WayName | undefined {
  const known = WAYS.find((way) => way === given);
  if (known !== undefined || given === undefined) return known;
  throw new HoldfastError("invalid_usage", `holdfast undo: "${given}" is no way back.`, {
    next: `The ways are ${WAYS.join(", ")}; without --way each is explained.`,
  });
}

async function findWays(target: Target, flags: GoBackFlags, terminal: Terminal): Promise<WaysBack> {
  // A server that does not start is told with the ways: its backups are still there.
  await wake(target).catch((error: unknown) => {
    if (!(error instanceof HoldfastError) || error.exitCode !== 4) throw error;
  });
  const { entries } = await listCatalogue(catalogueFolder(catalogueOf(target)));
  return withPassword(target, terminal, (open) =>
    stoppable(terminal, (watch) =>
      findInstanceWaysBack({ ...byHandRequest(open), ...watch }, deployTargetOf(open, flags), {
        name: target.name,
        listBackups: () => Promise.resolve(entries),
      }),
    ),
  );
}

function catalogueOf(target: Target) {
  const { local } = target;
  return local === undefined
    ? catalogueNameOf(target)
    : { root: local.root, project: local.project, instance: local.name };
}

function waysJson({ situation, ways, unreachable }: WaysBack): object {
  const { kind, lastRun, halfRun, unverified, retired, incident } = situation;
  const versions = (rows: readonly { readonly version: string }[]): string[] => rows.map(({ version }) => version);
  return {
    situation: {
      ...{ kind, unreachable, lastRun: versions(lastRun), halfRun: halfRun?.file ?? null },
      ...{ unverified: versions(unverified), retired: versions(retired), error: incident?.error ?? null },
    },
    ways: ways.map((way) => ({ ...way, isPossible: way.whyNot === null })),
  };
}

async function askForWay({ ways }: WaysBack): Promise<WayName | undefined> {
  const open = ways.filter(({ whyNot }) => whyNot === null).map(({ way }) => way);
  if (open.length === 0) return undefined;
  const typed = (await ask(`Which way? (${open.join(", ")}; nothing: none) `)).trim();
  return typed === "" ? undefined : readWay(typed);
}

function openWay({ ways }: WaysBack, chosen: WayName, name: string): Way {
  const way = ways.find((one) => one.way === chosen);
  if (way?.whyNot === null) return way;
  throw new HoldfastError("undo_refused", `The way "${chosen}" is not open now. ${way?.whyNot ?? ""}`, {
    next: `See which ones are: holdfast undo ${name}`,
  });
}

/** The name must be typed: a "y" is given by habit, and to the wrong database. */
async function confirm(name: string, way: Way, { yes }: GoBackFlags, terminal: Terminal): Promise<void> {
  if (yes === true) return;
  if (terminal.canAsk) {
    terminal.note(`${way.way} loses: ${way.loses?.text ?? ""}`);
    if ((await ask(`Type ${name} to go this way: `)).trim() === name) return;
  }
  throw new HoldfastError("undo_refused", `The way "${way.way}" was not confirmed; nothing was changed.`, {
    next: `Type the name when asked, or confirm it where nobody is there to type: --way ${way.way} --yes`,
  });
}
