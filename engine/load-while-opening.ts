import type { MigrationFile } from "./core/migration.js";
import type { Session } from "./core/ports.js";
import type { World } from "./core/run.js";

/** The folder, and a session that is perhaps still being opened: while the server lets us in, the files are read. */
export interface LoadedFolder {
  readonly files: readonly MigrationFile[];
  readonly opening: Promise<Session>;
}

/** @throws HoldfastError what is wrong with the folder, whatever becomes of the connection */
export async function loadWhileOpening({ source, sessions }: World): Promise<LoadedFolder> {
  const cancel = new AbortController();
  const opening = sessions.open("migrate", cancel.signal);
  // Whoever awaits it hears why it failed; until then nobody listens.
  opening.catch(() => undefined);
  try {
    return { files: await source.load(), opening };
  } catch (error) {
    cancel.abort();
    await opening.then(
      (session) => session.close(),
      () => undefined,
    );
    throw error;
  }
}
