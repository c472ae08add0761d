/** Known secrets, searched for wherever they must not be: in every form in which one slips out. */
import { execFile } from "node:child_process";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Values by a name for the message. */
export type KnownSecrets = ReadonlyMap<string, string>;

/** As it is, as URLs, JSON and hex have it, and in base64: also where it stands in the middle of what was encoded. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The first and the last letter also hold bits of what stands beside.
    const inner = text.slice(before === 0 ? 0 : before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, encodeURIComponent(secret), escaped, bytes.toString("hex"), ...base64])];
}

/** Names of the secrets that a text holds. */
export function secretsIn(text: string, secrets: KnownSecrets): string[] {
  return [...secrets].filter(([, value]) => formsOf(value).some((form) => text.includes(form))).map(([name]) => name);
}

/**
 * `<path> holds <secret>` for every file below the folder, links not followed.
 *
 * @param isAllowed paths where the secrets may be, folders with all they hold
 */
export function secretsBelow(folder: string, secrets: KnownSecrets, isAllowed: (path: string) => boolean): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined || isAllowed(path)) return [];
    if (facts.isDirectory()) return secretsBelow(path, secrets, isAllowed);
    if (!facts.isFile()) return [];
    return secretsIn(readFileSync(path, "latin1"), secrets).map((secret) => `${path} holds ${secret}`);
  });
}

export interface ProcessWatch {
  /** Every line of arguments that was seen. */
  readonly lines: ReadonlySet<string>;
  stop(): void;
}

/** What any user of this machine can list: the arguments of every process, looked at again and again. */
export function watchProcesses(): ProcessWatch {
  const lines = new Set<string>();
  const look = (): void => {
    execFile("ps", ["-A", "-ww", "-o", "args"], { maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) => {
      for (const line of stdout.split("\n")) lines.add(line);
    });
  };
  const timer = setInterval(look, WATCH_EVERY_MS);
  look();
  return { lines, stop: () => clearInterval(timer) };
}

/** Shorter than any process of a deploy lives. */
const WATCH_EVERY_MS = 100;
