import type { Migration, MigrationName } from "../migration.js";
import { newMigration } from "../new-migration.js";
import { parseMigrationName } from "../migration-name.js";
import type { FixedFile } from "./fix-file.js";
import type { FixStep } from "./fix-step.js";

/** A file of the folder as a fix would have it. */
export interface FileChange {
  /** The file's name, without its folder. */
  readonly name: string;
  /** Null for a new file. */
  readonly before: string | null;
  readonly after: string;
}

/** The texts of a fixed file and of the files that follow it, numbered above all others of the folder. */
export function writeFix(
  migration: Migration,
  fixed: FixedFile,
  existing: readonly MigrationName[],
  now: Date,
): FileChange[] {
  const { later } = fixed;
  const [first, ...rest] = later;
  const takesOver = fixed.body === undefined && first !== undefined;
  const own = takesOver ? writeStep(first, migration) : writeRest(migration, fixed);
  const steps = takesOver ? rest : later;
  const lastSwitch = steps.findLastIndex(({ phase }) => phase !== "contract");
  const names = [...existing];
  const added = steps.map((step, at): FileChange => {
    const { name } = newMigration({ existing: names, description: wordsOf(step), phase: step.phase, now });
    names.push(parseMigrationName(name));
    return { name, before: null, after: writeStep(at === lastSwitch ? withVerify(step, migration) : step, migration) };
  });
  const alone = lastSwitch < 0 && migration.verify !== undefined ? `${own}\n-- @verify${migration.verify.text}` : own;
  return [{ name: migration.name, before: migration.text, after: alone }, ...added];
}

/** What the author asked at the end holds once the last file has run that is not put off. */
function withVerify(step: FixStep, { verify }: Migration): FixStep {
  if (verify === undefined) return step;
  return { ...step, verify: [step.verify ?? "", verify.text.trim()].filter((text) => text !== "").join("\n") };
}

function wordsOf({ description }: FixStep): string {
  return description
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "");
}

function writeRest({ phase, why }: Migration, { body = "", rollback }: FixedFile): string {
  const undone = rollback === undefined || rollback === "" ? [] : ["", "-- @rollback", rollback];
  return [`-- @phase ${phase}`, ...(why === undefined ? [] : [`-- @why   ${why}`]), body, ...undone, ""].join("\n");
}

function writeStep({ phase, why, body, batch, verify, rollback }: FixStep, { version }: Migration): string {
  const isRestore = rollback?.startsWith("restore ") === true;
  return [
    `-- @phase ${phase}`,
    `-- @why   ${why}`,
    ...(phase === "contract" ? [`-- @closes ${version}`] : []),
    ...(batch === undefined ? [] : [`-- @batch ${batch}`]),
    body,
    ...(verify === undefined ? [] : ["", "-- @verify", verify]),
    ...(rollback === undefined ? [] : isRestore ? ["", `-- @rollback ${rollback}`] : ["", "-- @rollback", rollback]),
    "",
  ].join("\n");
}
