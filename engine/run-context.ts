import { defaultPolicy } from "./core/migration.js";
import type { RunContext, Session, SqlParser } from "./core/ports.js";
import type { MigrateRequest, World } from "./core/run.js";

/** What the steps of a run work with, over one session. */
export function runContext(request: MigrateRequest, world: World, session: Session, parser: SqlParser): RunContext {
  const { sessions, history, clock } = world;
  return {
    ...{ session, sessions, history, parser, clock },
    policy: policyOf(request),
    progress: progressOf(request),
    release: request.release,
    ...(request.noBackupBecause !== undefined && { noBackupBecause: request.noBackupBecause }),
    signal: signalOf(request),
    killPoint: (name) => world.killPoint(name),
  };
}

export function policyOf({ policy, environment }: MigrateRequest): NonNullable<MigrateRequest["policy"]> {
  return policy ?? defaultPolicy(environment ?? "");
}

export function progressOf({ progress }: Pick<MigrateRequest, "progress">): NonNullable<MigrateRequest["progress"]> {
  return progress ?? (() => undefined);
}

export function signalOf({ signal }: Pick<MigrateRequest, "signal">): AbortSignal {
  return signal ?? new AbortController().signal;
}
