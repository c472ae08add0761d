/**
 * The Pulumi CLI this project is made with: the version of the SDK it locks. `pulumi-cli/go.mod` names the same one
 * (a test compares the three).
 */
export const PULUMI_VERSION = "3.245.0";

type Version = readonly [major: number, minor: number, patch: number];

function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim());
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Whether a CLI that answers `pulumi version` with `text` fits: the same major version, and not older than ours. */
export function isFittingVersion(text: string, wanted: string = PULUMI_VERSION): boolean {
  const found = parseVersion(text);
  const least = parseVersion(wanted);
  if (found === undefined || least === undefined || found[0] !== least[0]) return false;
  return found[1] > least[1] || (found[1] === least[1] && found[2] >= least[2]);
}
