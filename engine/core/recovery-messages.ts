/** What a server said while it recovered, in English (`lc_messages` C) and with times in UTC. */
export interface RecoveryMessages {
  /** It came to the end of the log before it came to its target. */
  readonly endedEarly: boolean;
  /** Of the last commit or abort it replayed, to the millisecond; null: there was none. */
  readonly lastCommitAt: Date | null;
}

/** src/backend/access/transam/xlogrecovery.c */
const ENDED_EARLY = /recovery ended before configured recovery target was reached/;
const LAST_COMMIT = /last completed transaction was at log time (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00/g;

export function readRecoveryMessages(text: string): RecoveryMessages {
  const [, date, time] = [...text.matchAll(LAST_COMMIT)].at(-1) ?? [];
  return {
    endedEarly: ENDED_EARLY.test(text),
    lastCommitAt: date === undefined || time === undefined ? null : new Date(`${date}T${time}Z`),
  };
}

/**
 * Where a recovered cluster left the timeline it followed: the last line of the history file of its new one
 * (src/backend/access/transam/timeline.c), `1	0/5000148	no recovery target specified`.
 */
export function readSwitchPoint(history: string): string | undefined {
  const lines = history.split("\n").filter((line) => /^\d+\s/.test(line));
  return lines.at(-1)?.split(/\s+/)[1];
}
