import type { Session } from "../../core/ports.js";
import { endOpenRuns, markEnvironmentEverywhere } from "../backup/mark-environment.js";

/** Makes a restored database one of its own: its environment, no run under way, statistics for the planner. */
export async function settleRestored(session: Session, environment: string): Promise<void> {
  await session.execute(markEnvironmentEverywhere(environment));
  await session.execute(endOpenRuns());
  await session.execute("ANALYZE");
}
