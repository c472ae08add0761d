import { connectionOf, ensureLocalInstance, openConnection, startWithCertificate } from "../engine/index.js";
import { answerRequest } from "./entry-point.js";

/** What LocalDatabase asks for: an instance by name; with its identity, the very one that was made before. */
interface EnsureLocalRequest {
  readonly project: string;
  readonly name: string;
  readonly port?: number;
  /** Set: only start it; never make another one in its place. */
  readonly resourceId?: string;
}

void answerRequest(async (request) => {
  const { project, name, port, resourceId } = request as EnsureLocalRequest;
  const instance =
    resourceId === undefined
      ? await ensureLocalInstance({ project, name, ...(port === undefined ? {} : { port }) })
      : await openConnection({ project, instance: name, resourceId });
  await startWithCertificate(instance);
  return { ok: true, connection: connectionOf(instance) };
});
