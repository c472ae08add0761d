import type { BackupEntry } from "../engine/index.js";

const KINDS: Readonly<Record<BackupEntry["kind"], string>> = {
  base: "base backup",
  point: "restore point",
  snapshot: "snapshot",
  dump: "dump",
};

/** The backup that was taken first, and the command that leads back to it. */
export function describeWayBack(name: string, { id, kind }: BackupEntry): string {
  return `${id}, a ${KINDS[kind]}; to go back: holdfast restore ${name} --backup ${id} --as <new name>`;
}
