import type { Clock, Progress } from "../../core/ports.js";
import { awsError, isPassing, type AwsRequest } from "./aws-errors.js";

/** How long to go on asking, in milliseconds. */
export interface Patience {
  /** AWS throttles, has faults of its own, or cannot be reached. */
  readonly faultsMs: number;
  /** Credentials have run out: somebody may log in again meanwhile. */
  readonly credentialsMs: number;
  /** The database is in a state in which AWS refuses for a while. */
  readonly busyMs: number;
}

export const PATIENCE: Patience = {
  faultsMs: 10 * 60_000,
  credentialsMs: 5 * 60_000,
  // An automated backup of a large database takes about as long.
  busyMs: 30 * 60_000,
};

export interface Asking {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly pollMs: number;
  readonly patience: Patience;
}

/**
 * Asks AWS, and asks again while what fails may pass; the SDK's own tries are within each. What is said first about a trouble is
 * a note; what stays after the patience is over is thrown.
 *
 * @param isBusy says what is in the way where waiting helps, though it is no fault of AWS
 * @throws what AWS refused, as the SDK gives it; HoldfastError where AWS could not be asked
 */
export async function outlastFaults<T>(
  asking: Asking,
  request: AwsRequest,
  ask: () => Promise<T>,
  isBusy: (error: unknown) => string | undefined = () => undefined,
): Promise<T> {
  const { clock, signal, progress, pollMs, patience } = asking;
  const startedAt = clock.now().getTime();
  let told = "";
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const busy = isBusy(error);
      const translated = awsError(error, request);
      const isExpired = translated.code === "aws_credentials_expired";
      const passing = isPassing(error);
      if (busy === undefined && !passing && !isExpired) throw error;
      const left = busy !== undefined ? patience.busyMs : isExpired ? patience.credentialsMs : patience.faultsMs;
      if (clock.now().getTime() - startedAt >= left || signal.aborted) throw busy === undefined ? translated : error;
      const message = busy === undefined ? translated.message : `Waiting: ${busy}.`;
      if (message !== told)
        progress({ kind: "note", message: `${message}${isExpired ? " Log in again: this run waits for it." : ""}` });
      told = message;
    }
    await clock.sleep(pollMs, signal);
  }
}
