/** Whether it is a semantic version (semver.org), in its usual form without "v". */
export function isRelease(text: string): boolean {
  return /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.test(text);
}

/**
 * Orders two releases by semantic versioning's precedence (semver.org, rule 11): numbers by value, a pre-release before its
 * release, build metadata ignored. What is not a semantic version is compared part by part, numbers by value.
 * @returns below 0 where `a` is the earlier one, above 0 where it is the later one, else 0
 */
export function compareReleases(a: string, b: string): number {
  const [coreA, preA] = split(a);
  const [coreB, preB] = split(b);
  const core = compareParts(coreA, coreB);
  if (core !== 0) return core;
  if (preA === undefined || preB === undefined) return Number(preA === undefined) - Number(preB === undefined);
  return compareParts(preA, preB);
}

function split(release: string): [core: string[], preRelease: string[] | undefined] {
  const [version = ""] = release
    .trim()
    .replace(/^v(?=\d)/, "")
    .split("+");
  const dash = version.indexOf("-");
  const core = dash < 0 ? version : version.slice(0, dash);
  return [core.split("."), dash < 0 ? undefined : version.slice(dash + 1).split(".")];
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [one, other] = [a[index], b[index]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    const order = comparePart(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  if (!isNumberA) return a < b ? -1 : a > b ? 1 : 0;
  const [valueA, valueB] = [BigInt(a), BigInt(b)];
  return valueA < valueB ? -1 : valueA > valueB ? 1 : 0;
}
