import { verificationFailed, verifyBackups, type VerifiedBackup, type VerifyReport } from "../../engine/index.js";
import { findOwner } from "../backup-owners.js";
import { defineCommand } from "../command.js";
import { formatBytes, formatInstant } from "../format.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";

export const command = defineCommand({
  about:
    "Reads every byte of the backups of an instance: base backups and dumps against their checksums, the write-ahead log\n" +
    "against its ledger and record by record, snapshots by asking AWS. Names each damage and the next best backup. Changes\n" +
    "nothing. Exit code 3 where something is damaged. That a backup restores, `holdfast drill` proves.",
  words: [{ name: "name", about: "the instance whose backups they are; it may be gone" }],
  flags: { backup: { type: "string", value: "ID", about: "one of them, and what it stands on; default: all" } },
  examples: [
    ["holdfast verify-backup dev", "after the disk reported an error"],
    ["holdfast verify-backup dev --json", "for a monitor"],
  ],
  async run({ words: [name = ""], flags, terminal }) {
    const owner = await findOwner(name, {});
    const report = await stoppable(terminal, (watch) => verifyBackups({ ...owner, id: flags.backup, ...watch }));
    const failed = verificationFailed(report);
    return {
      json: { ok: failed === undefined, ...report, ...(failed !== undefined && { code: failed.code }) },
      text: () => render(report, terminal),
      exitCode: failed?.exitCode ?? 0,
    };
  },
});

async function render({ instance, backups, damages }: VerifyReport, terminal: Terminal): Promise<string> {
  if (backups.length === 0) return `"${instance}" has no backup. Take one: holdfast backup ${instance}.`;
  const { renderTable } = await import("../render-table.js");
  const head = ["backup", "kind", "taken", "read", "verdict"];
  return [renderTable(head, backups.map(row), terminal), ...backups.flatMap(remarks), ...damages.map(fault)].join("\n");
}

function row(backup: VerifiedBackup): string[] {
  const { id, kind, takenAt, bytes } = backup;
  return [
    id,
    kind ?? "?",
    takenAt === null ? "?" : formatInstant(takenAt),
    kind === "base" || kind === "dump" ? formatBytes(bytes) : "",
    verdictOf(backup),
  ];
}

function verdictOf({ damages, unjudged }: VerifiedBackup): string {
  if (damages.length > 0) return "damaged";
  return unjudged === undefined ? "whole" : "not judged";
}

function remarks({ id, damages, nextBest, unjudged }: VerifiedBackup): string[] {
  if (unjudged !== undefined) return [`not judged: ${id}: ${unjudged}`];
  if (damages.length === 0) return [];
  const best = nextBest === null ? "no other backup does without it: take one" : `the next best is ${nextBest}`;
  return ["", `${id}: ${best}`, ...damages.map(fault)];
}

function fault({ message }: { readonly message: string }): string {
  return `damaged: ${message}`;
}
