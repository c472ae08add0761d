import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError, nearestName } from "../../engine/index.js";

/** What can happen, by name, and the page below `docs` that says what to do; in the order in which they are listed. */
export const SITUATIONS: Readonly<Record<string, string>> = {
  "failed-migration": "runbooks/failed-migration.md",
  "stuck-lock": "runbooks/stuck-lock.md",
  rollback: "runbooks/rollback.md",
  "data-loss": "runbooks/data-loss.md",
  corruption: "runbooks/corruption.md",
  "disk-full": "runbooks/disk-full.md",
  "region-loss": "runbooks/region-loss.md",
  "credentials-leaked": "runbooks/credentials-leaked.md",
  migrations: "RUNBOOK_MIGRATIONS.md",
  restore: "RUNBOOK_RESTORE.md",
};

/** The page as it is shipped with this package, Markdown. @throws HoldfastError invalid_usage for a situation nobody described */
export function readSituation(situation: string): string {
  const page = Object.hasOwn(SITUATIONS, situation) ? SITUATIONS[situation] : undefined;
  if (page !== undefined) return readFileSync(join(docsFolder(), page), "utf8");
  const names = Object.keys(SITUATIONS);
  const nearest = nearestName(situation, names);
  const meant = nearest === undefined ? "" : `Did you mean ${nearest}? `;
  throw new HoldfastError("invalid_usage", `There is no runbook for "${situation}".`, {
    next: `${meant}Choose one of: ${names.join(", ")}.`,
  });
}

/** The situation a link of one page leads to; undefined where it leads elsewhere. */
export function situationOfLink(link: string): string | undefined {
  const file = link.split("#")[0]?.split("/").at(-1);
  return Object.entries(SITUATIONS).find(([, page]) => page.split("/").at(-1) === file)?.[0];
}

/** Of this package, whose root lies above the bundle (dist/cli) and above the source (cli/runbook). */
function docsFolder(from = __dirname): string {
  return existsSync(join(from, "package.json")) ? join(from, "docs") : docsFolder(join(from, ".."));
}
