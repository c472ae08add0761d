import * as pulumi from "@pulumi/pulumi";
import type { DeploySummary } from "../engine/core/deploy-summary.js";
import {
  findUnproven,
  pendingHere,
  type Promotion,
  type PromotedFile,
  type StagedMigration,
} from "../engine/core/promotion.js";
import { readSnapshot, readWhileWritten } from "./read-snapshot.js";

/**
 * What the stack that migrations are taken from has proven of the files that are pending here. A StackReference to a stack that
 * does not exist would fail the preview by itself, in words of its own; so its outputs are asked for as it asks for them, and
 * the answer is what the check tells. Where nothing is pending the other stack is not asked: whatever it does is no change here.
 *
 * @param from full name of the stack
 * @param runName of the command whose last answer says what has run here
 */
export async function readPromotion(from: string, files: readonly PromotedFile[], runName: string): Promise<Promotion> {
  const pending = pendingHere(files, await lastReport(runName));
  return findUnproven(pending, from, pending.length === 0 ? [] : await readStaged(from));
}

/** Null before the first deploy. */
async function lastReport(runName: string): Promise<DeploySummary["appliedMigrations"] | null> {
  const found = Object.entries(await readSnapshot()).find(
    ([urn, { type }]) =>
      type === "command:local:Command" &&
      urn.includes("holdfast:index:SchemaMigrations$") &&
      urn.endsWith(`::${runName}`),
  );
  const stdout = (found?.[1].outputs as { readonly stdout?: unknown } | undefined)?.stdout;
  return typeof stdout === "string" ? ((JSON.parse(stdout) as Partial<DeploySummary>).appliedMigrations ?? null) : null;
}

/** What it has applied; where it cannot tell, why, as the end of a sentence about a file. */
async function readStaged(from: string): Promise<readonly StagedMigration[] | string> {
  try {
    const read: unknown = await readWhileWritten(() =>
      pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: from }),
    );
    const { outputs } = read as { readonly outputs?: { readonly instance?: { readonly appliedMigrations?: unknown } } };
    const migrations = outputs?.instance?.appliedMigrations;
    if (Array.isArray(migrations)) return migrations as StagedMigration[];
    return `cannot be looked up there: it has no output "instance", so no deploy of it has succeeded yet`;
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^.*returned an error: /s, "") : String(error);
    return `cannot be looked up there: ${said.trim()}`;
  }
}
