import type { BackupMention } from "../errors.js";
import type { ProgressEvent } from "../ports.js";
import type { IncidentMoment } from "./incident.js";

/**
 * What an event of a run means for its timeline; undefined where it says nothing new. What the server itself said (NOTICE) is
 * left out: it may hold row values.
 */
export function momentOf(event: ProgressEvent, now: Date): IncidentMoment | undefined {
  const found = describe(event);
  return found === undefined ? undefined : { at: now.toISOString(), ...found };
}

type Described = Omit<IncidentMoment, "at">;

function describe(event: ProgressEvent): Described | undefined {
  switch (event.kind) {
    case "waiting-for-deploy":
      return { what: `waiting for another deploy (${event.holder})`, key: "waiting" };
    case "backup":
      // Its end is told with its name, once the run itself has it.
      return event.state === "started" ? { what: "backup begun" } : undefined;
    case "drill":
      return { what: event.state === "started" ? "drill of the backup begun" : "the backup restores" };
    case "migration":
      return describeFile(event);
    case "lock-retry": {
      const { file, attempt, blockers } = event;
      const held = blockers.length === 0 ? "" : `: held by ${blockers.join("; ")}`;
      return { what: `${file} waits for a lock, try ${attempt}${held}`, key: `lock ${file}` };
    }
    case "batch":
      return { what: `${event.file}: ${event.rowsDone} rows done`, key: `batch ${event.file}` };
    case "note":
      return event.isNotice === true ? undefined : { what: event.message.trim().replace(/\.$/, "") };
    default:
      return undefined;
  }
}

function describeFile({ file, state, durationMs }: Extract<ProgressEvent, { kind: "migration" }>): Described {
  if (state === "started") return { what: `${file} begun`, begins: file };
  return { what: `${file} ${state}${took(durationMs)}`, ends: file };
}

function took(durationMs: number | undefined): string {
  return durationMs === undefined ? "" : ` after ${durationMs} ms`;
}

/** The way back is there. */
export function momentOfBackup(backup: BackupMention, now: Date): IncidentMoment {
  return { at: now.toISOString(), what: `backup ${backup.id} (${backup.kind}) taken`, backup };
}

/** Of moments in a row with one key, the last. */
export function collapse(moments: readonly IncidentMoment[]): IncidentMoment[] {
  return moments.filter(({ key }, index) => key === undefined || moments[index + 1]?.key !== key);
}
