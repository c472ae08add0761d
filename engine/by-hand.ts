import type { DatabaseState, RunContext } from "./core/ports.js";
import type { MigrateRequest, World } from "./core/run.js";
import { readOnlyServer, wrongEnvironment } from "./refusals.js";
import { runContext } from "./run-context.js";
import { withDeployLock } from "./steps/hold-deploy-lock.js";

/** What a person does to a database by hand, beside the deploys. The release is by default the newest one there. */
export type ByHandRequest = Omit<MigrateRequest, "release"> & { readonly release?: string };

/**
 * Brackets work by hand as a deploy is bracketed: the right database, one that can be written to, and no deploy meanwhile.
 *
 * @throws HoldfastError wrong_environment, read_only, lock_not_acquired; whatever the work throws
 */
export async function byHand<T>(
  request: ByHandRequest,
  world: World,
  work: (ctx: RunContext, state: DatabaseState) => Promise<T>,
): Promise<T> {
  const session = await world.sessions.open("migrate");
  try {
    const before = await world.history.load(session);
    refuse(request, before);
    const release = request.release ?? before.releases[0]?.version ?? "0.0.0";
    const ctx = runContext({ ...request, release }, world, session, await world.loadParser());
    // Another deploy may have changed what was read before it was waited for.
    return await withDeployLock(ctx, async () => work(ctx, await world.history.load(session)));
  } finally {
    await session.close();
  }
}

function refuse({ environment }: ByHandRequest, state: DatabaseState): void {
  const { environment: marked } = state;
  if (environment !== undefined && marked !== null && marked !== environment)
    throw wrongEnvironment(state, environment);
  if (state.isReadOnly) throw readOnlyServer(state);
}
