/**
 * One backup or restore in a process of its own, so that its work does not disturb the clients that are measured beside it:
 * `act.ts base|point|dump|restore-base|restore-point|restore-dump ROOT`. Prints how long it took, without the start of the process.
 */
import { performance } from "node:perf_hooks";
import { catalogueFolder, listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { settingsOf } from "../../engine/adapters/local/connection.js";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { bindBackups, type BackedUp } from "../../engine/bind-backups.js";
import type { ByHandRequest } from "../../engine/by-hand.js";
import { restoreBeside } from "../../engine/restore-beside.js";
import { DUMPED, groundOf, PROJECT, RESTORED } from "./ground.js";

const WATCH = { progress: () => undefined, signal: new AbortController().signal };
const REQUEST = {
  ...{ reason: "measured", schemaVersion: null, release: null, pendingVersions: [], contracts: [], fingerprint: null },
};

async function take(backedUp: BackedUp, isFull: boolean): Promise<void> {
  const port = bindBackups({ environment: "bench", ...WATCH } satisfies ByHandRequest, backedUp);
  if (port === undefined) throw new Error("there is no way to back this up");
  await port.take({ ...REQUEST, isFull });
}

async function restore(instance: LocalInstance, name: string, kind: string): Promise<void> {
  const of = { root: instance.root, project: PROJECT, instance: name };
  const { entries } = await listCatalogue(catalogueFolder(of));
  const entry = entries.find((one) => one.kind === kind);
  if (entry === undefined) throw new Error(`there is no ${kind} to restore`);
  await restoreBeside({
    ...{ name: of, as: RESTORED, live: settingsOf(instance, "public"), source: { load: () => Promise.resolve([]) } },
    ...{ target: { kind: "backup", id: entry.id }, ...WATCH },
  });
}

async function act(what: string, root: string): Promise<void> {
  const instance = await groundOf(root);
  const dump = { connection: settingsOf(instance, "public"), name: { root, project: PROJECT, instance: DUMPED } };
  switch (what) {
    case "base":
      return take({ local: instance }, true);
    case "point":
      return take({ local: instance }, false);
    case "dump":
      return take({ dump }, true);
    case "restore-dump":
      return restore(instance, DUMPED, "dump");
    default:
      return restore(instance, instance.name, what.replace("restore-", ""));
  }
}

async function main(): Promise<void> {
  const [, , what = "", root = ""] = process.argv;
  const started = performance.now();
  await act(what, root);
  process.stdout.write(`${performance.now() - started}\n`);
}

void main();
