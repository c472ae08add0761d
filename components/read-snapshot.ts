import * as pulumi from "@pulumi/pulumi";

/** A resource of the stack's state, as the engine tells a program of it. */
export interface SnapshotResource {
  readonly type: string;
  readonly outputs?: unknown;
}

/** What the stack's state holds now, by URN; before the first deploy there is nothing. During a deploy it grows with it. */
export async function readSnapshot(): Promise<Readonly<Record<string, SnapshotResource>>> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const read: unknown = await readWhileWritten(() =>
    pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName }),
  );
  return (read as { readonly outputs?: Record<string, SnapshotResource> }).outputs ?? {};
}

const READS = 20;
const BETWEEN_READS_MS = 50;

/**
 * The engine may be writing the state that it reads for us: a backend of files has no more than a part of it then. It says so
 * by "failed to load checkpoint" (pulumi, pkg/backend/diy).
 */
export async function readWhileWritten<T>(read: () => Promise<T>): Promise<T> {
  for (let reads = 1; ; reads += 1) {
    try {
      return await read();
    } catch (error) {
      if (reads === READS || !String(error).includes("failed to load checkpoint")) throw error;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_READS_MS));
    }
  }
}
