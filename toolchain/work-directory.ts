import { lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** Pulumi's own files are copied, since a run writes into them; the rest of the checkout is linked. */
export function isPulumiFile(name: string): boolean {
  return /^Pulumi(\.[^/]+)?\.ya?ml$/.test(name);
}

/**
 * Makes a directory look like the checkout to a program that runs in it, without being the checkout: one symbolic link
 * for each of its files and folders, hidden ones and Pulumi's own aside. Links of another checkout are replaced.
 */
export function linkCheckout(workDirectory: string, checkout: string): void {
  mkdirSync(workDirectory, { recursive: true, mode: 0o700 });
  const wanted = readdirSync(checkout).filter((name) => !name.startsWith(".") && !isPulumiFile(name));
  for (const name of readdirSync(workDirectory)) {
    if (isLink(join(workDirectory, name)) && !wanted.includes(name)) rmSync(join(workDirectory, name));
  }
  for (const name of wanted) placeLink(join(workDirectory, name), join(checkout, name));
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function placeLink(path: string, target: string): void {
  if (isLink(path) && readlinkSync(path) === target) return;
  const next = `${path}.next-${process.pid}`;
  rmSync(next, { force: true });
  symlinkSync(target, next);
  renameSync(next, path);
}
