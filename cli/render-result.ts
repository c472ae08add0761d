import type { RunResult } from "../engine/index.js";
import { formatDuration, formatInstant, plural } from "./format.js";
import { describeWayBack } from "./way-back.js";

const SHOWN_FILES = 50;

/** What a deploy did, for a person. */
export function renderResult(name: string, result: RunResult): string {
  const { ran, purged, held, schemaVersion, release, backup, isAhead } = result;
  const state = `${name} is at schema ${schemaVersion ?? "empty"}, release ${release}`;
  const did = ran.length + purged.length;
  const headline = isAhead
    ? `${name} is ahead of release ${release}: a newer one was deployed, nothing ran.`
    : did === 0
      ? `${state}: nothing to do.`
      : `${state}: ${plural(ran.length, "migration")} ran${purged.length === 0 ? "" : `, ${purged.length} purged`}.`;
  const more = ran.length - SHOWN_FILES;
  return [
    headline,
    ...ran
      .slice(0, SHOWN_FILES)
      .map(
        ({ state: reached, file, durationMs }) =>
          `  ${reached.padEnd(9)} ${file}${durationMs === null ? "" : `  ${formatDuration(durationMs)}`}`,
      ),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...purged.map((version) => `  purged    ${version}`),
    ...held.map(
      ({ file, reason, dueAt }) =>
        `  held      ${file}: ${reason}${dueAt === null ? "" : `, due ${formatInstant(dueAt)}`}`,
    ),
    ...(backup === null ? [] : [`  backup    ${describeWayBack(name, backup)}`]),
  ].join("\n");
}
