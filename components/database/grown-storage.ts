import * as pulumi from "@pulumi/pulumi";
import { freeHookName } from "../hook-names.js";

/** RDS wants the limit of autoscaling this far above the storage (Amazon RDS User Guide, "Managing capacity automatically"). */
const HEADROOM = 1.1;

/**
 * Refuses, in the preview too, what RDS would refuse in the middle of a deploy: a limit below what autoscaling has grown the
 * storage to meanwhile, or the old size again with autoscaling turned off. What the state does not know yet, a refresh tells it.
 */
export function grownStorageHook(child: string): pulumi.ResourceHook {
  const check = ({ oldInputs = {}, oldOutputs = {}, newInputs = {} }: pulumi.ResourceHookArgs): void => {
    const limit = Number(newInputs["maxAllocatedStorage"]);
    // RDS looks at a limit when it is told one; storage may have reached the present one.
    const isLimitSame = limit !== 0 && limit === Number(oldInputs["maxAllocatedStorage"]);
    const wish = Number(newInputs["allocatedStorage"]);
    const refusal = isLimitSame ? undefined : storageRefusal(Number(oldOutputs["allocatedStorage"]), wish, limit);
    if (refusal !== undefined) throw new Error(refusal);
  };
  return new pulumi.ResourceHook(freeHookName(`holdfast:PersistentDatabase:${child}:storage`), check, {
    onDryRun: true,
  });
}

/**
 * Why RDS would refuse a limit; undefined where it takes it.
 *
 * @param actual GiB that the database has
 * @param wish allocatedStorage
 * @param limit maxAllocatedStorage; 0 is off
 */
function storageRefusal(actual: number, wish: number, limit: number): string | undefined {
  const least = Math.ceil(Math.max(actual, wish) * HEADROOM);
  if (limit === 0 && wish < actual) {
    return (
      `maxAllocatedStorage cannot become 0 with allocatedStorage ${String(wish)}: the storage has grown to ${String(actual)} GiB, and ` +
      `never shrinks. Set allocatedStorage: ${String(actual)} beside it.`
    );
  }
  if (limit === 0 || Number.isNaN(limit) || Number.isNaN(least) || limit >= least) return undefined;
  return (
    `maxAllocatedStorage cannot become ${String(limit)}: the storage has grown to ${String(actual)} GiB, and RDS wants 10 % above it. ` +
    `Set ${String(least)} at least, or 0 beside allocatedStorage: ${String(actual)}.`
  );
}
