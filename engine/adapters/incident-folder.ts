import { randomUUID } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { link, readdir, readFile, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { HoldfastError } from "../core/errors.js";
import { incidentName, type Incident, type IncidentBeginning, type IncidentMoment } from "../core/incident/incident.js";
import { readIncident, renderIncident, withDecision } from "../core/incident/render-incident.js";
import type { IncidentJournal, IncidentPort, LeftBehind } from "../core/ports.js";
import { instanceDirectory, makeFolder } from "./local/data-root.js";
import { syncFolder, writeDurably } from "./local/instance-file.js";
import { isAlive } from "./local/postmaster.js";

/** Of one instance; older ones go. */
export const KEPT_INCIDENTS = 100;

/** Whose incidents. */
export interface IncidentsOf {
  /** The data root. */
  readonly root: string;
  readonly project: string;
  readonly instance: string;
}

/** An incident, and the page it was read from. */
export interface FiledIncident {
  readonly path: string;
  readonly incident: Incident;
}

/** Newest first; a page that cannot be read any more is a fault that names it. */
export interface IncidentListing {
  readonly incidents: readonly FiledIncident[];
  readonly faults: readonly HoldfastError[];
}

/** `<root>/<project>/incidents/<instance>` */
export function incidentFolder({ root, project, instance }: IncidentsOf): string {
  return join(dirname(instanceDirectory(root, project, instance)), "incidents", instance);
}

export function incidentsIn(name: IncidentsOf): IncidentPort {
  const folder = incidentFolder(name);
  return {
    ...{ project: name.project, instance: name.instance },
    begin: (beginning) => beginJournal(folder, beginning),
    takeLeftBehind: () => takeLeftBehind(folder),
    list: async () => (await listIncidents(folder)).incidents.map(({ incident }) => incident),
    publish: (incident) => publish(folder, incident),
  };
}

/** @returns nothing but an empty list where there is no such folder */
export async function listIncidents(folder: string): Promise<IncidentListing> {
  const incidents: FiledIncident[] = [];
  const faults: HoldfastError[] = [];
  for (const name of (await pagesIn(folder)).reverse()) {
    const path = join(folder, name);
    const text = await readFile(path, "utf8").catch(ignoreMissing);
    if (text === undefined) continue;
    try {
      incidents.push({ path, incident: readIncident(text, path) });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      faults.push(error);
    }
  }
  // A name says the second only.
  return { incidents: incidents.toSorted((a, b) => b.incident.at.localeCompare(a.incident.at)), faults };
}

/** Writes into a page which way back was taken. @throws HoldfastError invalid_config */
export async function noteDecision(path: string, decision: NonNullable<Incident["decision"]>): Promise<void> {
  await writeDurably(path, withDecision(await readFile(path, "utf8"), decision, path), 0o600);
}

/** The instances of a project, or of all, that have incidents; they need not exist any more. By project, then name. */
export async function listIncidentFolders(root: string, project?: string): Promise<IncidentsOf[]> {
  const projects = project === undefined ? await namesIn(root) : [project];
  const found: IncidentsOf[] = [];
  for (const each of projects.sort()) {
    for (const instance of (await namesIn(join(root, each, "incidents"))).sort())
      found.push({ root, project: each, instance });
  }
  return found;
}

async function publish(folder: string, incident: Incident): Promise<string> {
  await prepare(folder);
  const draft = join(folder, `.draft-${process.pid}-${randomUUID()}`);
  try {
    await writeDurably(draft, renderIncident(incident), 0o600);
    const path = await nameFor(folder, draft, incident);
    await syncFolder(folder);
    await prune(folder);
    return path;
  } finally {
    await rm(draft, { force: true });
  }
}

/** A link, unlike a rename, never takes another one's place. */
async function nameFor(folder: string, draft: string, incident: Incident): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const path = join(folder, `${incidentName(incident, attempt)}.md`);
    try {
      await link(draft, path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

async function prune(folder: string): Promise<void> {
  const pages = await pagesIn(folder);
  for (const name of pages.slice(0, -KEPT_INCIDENTS)) await rm(join(folder, name), { force: true });
}

/** The parent first: it is the project's, the rest is for the owner's eyes. */
async function prepare(folder: string): Promise<void> {
  try {
    await makeFolder(dirname(dirname(folder)));
    await makeFolder(folder, 0o700);
  } catch (error) {
    // It speaks of a database's folder; the fault beneath is told as one of the incident.
    throw (error as Error).cause ?? error;
  }
}

/** Nothing is heard for so long of no run that lives. */
const GIVEN_UP_MS = 24 * 60 * 60 * 1000;
const JOURNAL = /^\.run-(\d+)-.*\.jsonl$/;

async function beginJournal(folder: string, beginning: IncidentBeginning): Promise<IncidentJournal> {
  await prepare(folder);
  const path = join(folder, `.run-${process.pid}-${randomUUID()}.jsonl`);
  const file = openSync(path, "wx", 0o600);
  let isOpen = true;
  const write = (line: object): void => void writeSync(file, `${JSON.stringify(line)}\n`);
  write(beginning);
  return {
    note: (moment) => {
      // A full disk stops the journal, never the run it tells of.
      try {
        if (isOpen) write(moment);
      } catch {
        isOpen = false;
      }
    },
    discard: async () => {
      isOpen = false;
      closeSync(file);
      await rm(path, { force: true });
    },
  };
}

async function takeLeftBehind(folder: string): Promise<LeftBehind[]> {
  const left: LeftBehind[] = [];
  for (const name of (await namesIn(folder)).sort()) {
    const path = join(folder, name);
    if (!(await isLeftBehind(path, Number(JOURNAL.exec(name)?.[1])))) continue;
    const journal = readJournal((await readFile(path, "utf8").catch(ignoreMissing)) ?? "");
    const forget = (): Promise<void> => rm(path, { force: true });
    if (journal === undefined) await forget();
    else left.push({ ...journal, forget });
  }
  return left;
}

/** Process ids come again, after a reboot or in another container. */
async function isLeftBehind(path: string, pid: number): Promise<boolean> {
  if (Number.isNaN(pid)) return false;
  if (!isAlive(pid)) return true;
  const written = (await stat(path).catch(ignoreMissing))?.mtimeMs ?? Infinity;
  const ownStart = Date.now() - process.uptime() * 1000;
  return written < Date.now() - GIVEN_UP_MS || (pid === process.pid && written < ownStart);
}

/** Undefined where not even its first line was written whole. */
function readJournal(text: string): Omit<LeftBehind, "forget"> | undefined {
  const [first, ...rest] = text.split("\n").flatMap(parseLine);
  if (first === undefined) return undefined;
  return { beginning: first as IncidentBeginning, moments: rest as IncidentMoment[] };
}

/** The last line of a killed process may be cut off. */
function parseLine(line: string): unknown[] {
  try {
    return line === "" ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** Oldest first: their names begin with the time, and end with a number where there are several of a second. */
async function pagesIn(folder: string): Promise<string[]> {
  const pages = (await namesIn(folder)).filter((name) => /^\d{8}T.*\.md$/.test(name));
  return pages.sort((a, b) => inTime.compare(basename(a, ".md"), basename(b, ".md")));
}

const inTime = new Intl.Collator("en", { numeric: true });

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(ignoreMissing);
  return names ?? [];
}

function ignoreMissing(error: unknown): undefined {
  if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
  throw error;
}
