import {
  HoldfastError,
  pgHistoryStore,
  readPending,
  rehearsalFailed,
  rehearseMigrations,
  type RehearsalReport,
  type RehearsalTarget,
  type RehearseRequest,
} from "../../engine/index.js";
import { defineCommand, type Word } from "../command.js";
import { readDatabaseUrl } from "../database-url.js";
import { DEPLOYMENT_FLAGS, knownRelease, sourceOf, type DeploymentFlags } from "../deployment.js";
import { CONNECTION_FLAGS, findTarget, type Target, type TargetFlags } from "../instances.js";
import { findPlace } from "../place.js";
import { askSecret } from "../prompt.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";
import { withSession } from "../with-session.js";

const INSTANCE: Word = {
  name: "instance",
  about: "whose pending files are rehearsed; without one no database is asked, and all files are",
  isOptional: true,
};

interface RehearseFlags extends DeploymentFlags, TargetFlags {
  readonly from?: string;
  readonly "rehearse-on"?: string;
}

export const command = defineCommand({
  about:
    "Runs pending files on a throw-away PostgreSQL built from the files before them: locks, rewrites, scans and times of each\n" +
    "statement; then @verify, @rollback, a comparison with before, and the file again. Touches no database that is in use.",
  words: [INSTANCE],
  flags: {
    ...CONNECTION_FLAGS,
    ...DEPLOYMENT_FLAGS,
    from: {
      type: "string",
      value: "VERSION",
      about: "rehearse this file and those after it; the ones before are the history",
    },
    "rehearse-on": {
      type: "string",
      value: "URL",
      about: "an empty database, or a restored copy whose mark says rehearsal, in place of the embedded one",
    },
  },
  examples: [
    ["holdfast rehearse", "every file of the folder, offline"],
    ["holdfast rehearse staging", "what a migrate of staging would run"],
    ["holdfast rehearse --rehearse-on postgres://me@copy.example/app", "on a restored copy, with its rows"],
  ],
  async run({ instance, flags, terminal }) {
    const what = await whatToRehearse(instance, flags, terminal);
    return answer(await rehearseAsking(what, terminal), terminal);
  },
});

async function answer(report: RehearsalReport, terminal: Terminal) {
  const { rehearsalJson, renderRehearsal } = await import("../render-rehearsal.js");
  const failed = report.files.find(({ error }) => error !== null)?.error;
  return {
    json: { ok: !rehearsalFailed(report), ...rehearsalJson(report) },
    text: () => renderRehearsal(report, terminal),
    exitCode: failed?.exitCode ?? 0,
  } as const;
}

interface Rehearsing {
  readonly request: RehearseRequest;
  readonly target: RehearsalTarget;
}

async function whatToRehearse(
  instance: string | undefined,
  flags: RehearseFlags,
  terminal: Terminal,
): Promise<Rehearsing> {
  const { from, "rehearse-on": url } = flags;
  const on = url === undefined ? undefined : readDatabaseUrl(url, { name: "--rehearse-on", mayHoldPassword: false });
  const where = on === undefined ? {} : { on: on.settings };
  const files = from === undefined ? {} : { from };
  // DATABASE_URL counts only where a command needs a database.
  if (instance === undefined && flags.url === undefined) {
    return { request: files, target: { ...where, source: sourceOf({ place: findPlace(), listed: {} }, flags) } };
  }
  const { request, target } = await ofInstance(await findTarget(instance, flags), flags, terminal);
  return { request: { ...request, ...files }, target: { ...target, ...where } };
}

async function ofInstance(target: Target, flags: RehearseFlags, terminal: Terminal): Promise<Rehearsing> {
  const source = sourceOf(target, flags);
  const { schema, ownerRole } = target.connection;
  const history = pgHistoryStore(schema);
  const release = knownRelease(target, flags);
  const pending = await withSession(target, terminal, "read-only", (session) =>
    readPending(session, { source, history }, release),
  );
  return {
    request: { pending },
    target: { source, ownerRole: ownerRole ?? null, ...(schema !== undefined && { schema }) },
  };
}

/** Where the given database wants a password that neither PGPASSWORD nor PGPASSFILE has, a person at hand is asked for it. */
async function rehearseAsking({ request, target }: Rehearsing, terminal: Terminal): Promise<RehearsalReport> {
  const rehearse = (where: RehearsalTarget): Promise<RehearsalReport> =>
    stoppable(terminal, (watch) => rehearseMigrations({ ...request, ...watch }, where));
  try {
    return await rehearse(target);
  } catch (error) {
    const isMissing = error instanceof HoldfastError && error.code === "authentication_failed";
    if (!isMissing || !terminal.canAsk || target.on === undefined) throw error;
    const { user, host } = target.on;
    const password = await askSecret(`Password of ${user} at ${host}: `);
    return rehearse({ ...target, on: { ...target.on, password } });
  }
}
