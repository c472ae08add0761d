import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isLocalPort } from "../../core/data-root.js";
import { HoldfastError } from "../../core/errors.js";
import { binariesFor } from "./binaries.js";
import { certificateSettings, takesCertificate } from "./certificate-login.js";
import type { Cluster } from "./cluster.js";
import { binariesRoot, dataRoot, storageFault } from "./data-root.js";
import { buildEmptyCluster } from "./empty-cluster.js";
import {
  describeInstance,
  findLocalInstance,
  readInstanceRecord,
  writeInstanceRecord,
  type InstanceName,
  type LocalInstance,
} from "./instance-file.js";
import { readPostmaster } from "./postmaster.js";
import { refuseTakenPort, startServer, stopServer } from "./server-process.js";
import { registerLocalInstance } from "./register-instance.js";

export interface EnsureRequest extends InstanceName {
  /** 1024 to 65535. Default: the port it has; for a new instance a free one, which is then remembered. */
  readonly port?: number;
}

/**
 * Makes the instance where it is missing, and starts it where it is stopped. Never removes or empties one that is there.
 *
 * @throws HoldfastError server_not_started, invalid_usage
 */
export async function ensureLocalInstance({ port, ...request }: EnsureRequest): Promise<LocalInstance> {
  if (port !== undefined) refusePort(port);
  const root = request.root ?? dataRoot();
  const present = await findLocalInstance({ ...request, root });
  const instance =
    present === undefined ? await makeInstance({ ...request, root }, port) : await movePort(present, port);
  await startLocalInstance(instance);
  return instance;
}

/** A wrong one would be kept in the instance's file, and hide the database from then on. */
function refusePort(port: number): void {
  if (isLocalPort(port)) return;
  throw new HoldfastError("invalid_usage", `${JSON.stringify(port)} cannot be the port of a local database.`, {
    next: "Give a number of 1024 to 65535, or leave it out for a free one.",
  });
}

/** Starts a stopped instance and waits until it takes connections; a running one is left as it is. @throws HoldfastError server_not_started */
export async function startLocalInstance(instance: LocalInstance): Promise<void> {
  if (await isLocalInstanceRunning(instance)) return;
  const { port, logFile, directory } = instance;
  await startServer(await clusterOf(instance), { port, logFile, settings: await certificateSettings(directory) });
}

/**
 * Starts it where it is stopped, and again where it runs since before servers took certificates: connections of that moment end.
 *
 * @throws HoldfastError server_not_started
 */
export async function startWithCertificate(instance: LocalInstance): Promise<void> {
  if ((await isLocalInstanceRunning(instance)) && !(await takesCertificate(instance.dataDirectory))) {
    await stopLocalInstance(instance);
  }
  await startLocalInstance(instance);
}

/** Stops it; the data stays. @throws HoldfastError server_not_started when it does not stop in time */
export async function stopLocalInstance(instance: LocalInstance): Promise<void> {
  await stopServer(await clusterOf(instance));
}

export async function isLocalInstanceRunning({ dataDirectory }: LocalInstance): Promise<boolean> {
  return (await readPostmaster(dataDirectory))?.isReady === true;
}

/** The data with the binaries of the major version that made it. @throws HoldfastError server_not_started */
export async function clusterOf({
  root,
  dataDirectory,
}: Pick<LocalInstance, "root" | "dataDirectory">): Promise<Cluster> {
  const text = await readFile(join(dataDirectory, "PG_VERSION"), "utf8").catch((error: unknown) => {
    throw storageFault(error, dataDirectory);
  });
  return { binaries: await binariesFor(binariesRoot(root), Number(text)), dataDirectory };
}

async function makeInstance(name: Required<InstanceName>, port: number | undefined): Promise<LocalInstance> {
  return registerLocalInstance({
    ...name,
    ...(port === undefined ? {} : { port }),
    build: (directory) => buildEmptyCluster(name.root, directory),
  });
}

/** A wished port takes effect by a restart; data and identity stay. */
async function movePort(instance: LocalInstance, port: number | undefined): Promise<LocalInstance> {
  if (port === undefined || port === instance.port) return instance;
  await refuseTakenPort(port);
  await stopLocalInstance(instance);
  const record = { ...(await readInstanceRecord(instance.directory)), port };
  await writeInstanceRecord(instance.directory, record);
  return describeInstance(instance, record);
}
