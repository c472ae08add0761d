import { asHoldfastError } from "./core/as-holdfast-error.js";
import { HoldfastError } from "./core/errors.js";

/** Runs `work`; an error that stops it halfway names the files that stay applied. */
export async function tellingApplied<T>(applied: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = asHoldfastError(error);
    if (known === undefined || applied.length === 0) throw known ?? error;
    throw new HoldfastError(known.code, known.message, { ...known.details, applied: [...applied] }, { cause: known });
  }
}
