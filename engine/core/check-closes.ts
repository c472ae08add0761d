import { HoldfastError } from "./errors.js";
import { grammarFault } from "./grammar-fault.js";
import { versionOrder } from "./migration-name.js";
import type { Migration, MigrationFile } from "./migration.js";
import { readMigration } from "./read-migration.js";
import { readTags } from "./read-tags.js";

/** The fault of a contract whose `@closes` names no earlier expand of the folder; undefined where all is well. */
export function checkCloses(contract: Migration, folder: readonly MigrationFile[]): HoldfastError | undefined {
  if (contract.closes === undefined) return undefined;
  const order = versionOrder(contract.closes);
  const target = folder.find((file) => file.order === order);
  const wrong = wrongTarget(contract, target);
  if (wrong === undefined) return undefined;
  const tag = readTags(contract.text).find(({ name }) => name === "closes");
  return grammarFault(
    contract,
    tag?.valueOffset ?? 0,
    `@closes ${contract.closes} ${wrong}`,
    "Name the expand file that this contract completes; it comes earlier in the folder.",
  );
}

function wrongTarget(contract: Migration, target: MigrationFile | undefined): string | undefined {
  if (target === undefined) return "names no file of the folder";
  if (target.order >= contract.order) return "names a file that does not come earlier";
  const phase = phaseOf(target);
  return phase === undefined || phase === "expand" ? undefined : `names a ${phase} file, not an expand`;
}

/** Undefined for a faulty file, which is reported on its own. */
function phaseOf(file: MigrationFile): Migration["phase"] | undefined {
  try {
    return readMigration(file).phase;
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}
