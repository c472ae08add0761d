import { asHoldfastError, type HoldfastError, type RunResult } from "../../engine/index.js";
import { defineCommand } from "../command.js";
import { DEPLOYMENT_FLAGS } from "../deployment.js";
import { findTargets, type Target } from "../instances.js";
import { MIGRATE_FLAGS, migrateTarget, type MigrateFlags } from "../migrate-target.js";
import { errorJson } from "../render-error.js";
import { renderResult } from "../render-result.js";
import type { Terminal } from "../terminal.js";

interface Done {
  readonly name: string;
  readonly result: RunResult;
}

export const command = defineCommand({
  about:
    "Brings every instance of the project to this release, one after another, by name. The first failure stops it: what\n" +
    "broke one would break the next.",
  words: [],
  flags: { ...DEPLOYMENT_FLAGS, ...MIGRATE_FLAGS },
  examples: [["holdfast migrate-all --json", "the local databases and the entries of holdfast.json"]],
  async run({ flags, terminal }) {
    const targets = await findTargets();
    const done: Done[] = [];
    for (const target of targets) {
      const outcome = await attempt(target, flags, terminal);
      if ("error" in outcome) return failed(done, target, outcome.error, targets, terminal);
      done.push({ name: target.name, result: outcome.result });
    }
    return {
      json: { ok: true, instances: done.map(doneJson) },
      text: () => (done.length === 0 ? "This project has no instance yet." : renderAll(done)),
    };
  },
});

async function attempt(
  target: Target,
  flags: MigrateFlags,
  terminal: Terminal,
): Promise<{ result: RunResult } | { error: HoldfastError }> {
  const { "no-backup-because": excuse, ...rest } = flags;
  // Where a backup can be taken, it is.
  const own = target.local === undefined && target.aws === undefined && excuse !== undefined ? flags : rest;
  try {
    return { result: await migrateTarget(target, own, terminal) };
  } catch (error) {
    const known = asHoldfastError(error);
    if (known === undefined) throw error;
    return { error: known };
  }
}

async function failed(
  done: readonly Done[],
  { name }: Target,
  error: HoldfastError,
  targets: readonly Target[],
  terminal: Terminal,
) {
  const { reportError } = await import("../report-error.js");
  reportError(error, { ...terminal, isJson: false }, () => undefined);
  const left = targets.slice(done.length + 1).map((target) => target.name);
  const lines = [`${name} failed.`, ...(left.length === 0 ? [] : [`Not tried: ${left.join(", ")}.`])];
  const failure = { instance: name, ok: false, error: errorJson(error) };
  return {
    json: { ok: false, instances: [...done.map(doneJson), failure], notTried: left },
    text: () => [...(done.length === 0 ? [] : [renderAll(done)]), ...lines].join("\n"),
    exitCode: error.exitCode,
  };
}

function doneJson({ name, result }: Done): object {
  return { instance: name, ok: true, ...result };
}

function renderAll(done: readonly Done[]): string {
  return done.map(({ name, result }) => renderResult(name, result)).join("\n");
}
