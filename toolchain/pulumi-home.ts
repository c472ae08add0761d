import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** A place where Pulumi runs without an account and without touching the user's own Pulumi. */
export interface PulumiHome {
  /** PULUMI_HOME: plugins and credentials. */
  readonly directory: string;
  /** The folder of the file backend: states, history, locks. */
  readonly stateDirectory: string;
  /** Where Pulumi.yaml and the stacks' files are. */
  readonly workDirectory: string;
  /** 0600; what encrypts the states' secrets. */
  readonly passphraseFile: string;
}

/** Makes the home below `root`, or completes it; a passphrase that is there stays as it is. */
export function preparePulumiHome(root: string): PulumiHome {
  const home: PulumiHome = {
    directory: join(root, "home"),
    stateDirectory: join(root, "state"),
    workDirectory: join(root, "work"),
    passphraseFile: join(root, "passphrase"),
  };
  // Local databases stand beside it; their server runs as another user, who must get through.
  mkdirSync(dirname(root), { recursive: true, mode: 0o755 });
  for (const path of [root, home.directory, home.stateDirectory, home.workDirectory]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  if (!existsSync(home.passphraseFile)) createPassphrase(home.passphraseFile);
  chmodSync(home.passphraseFile, 0o600);
  return home;
}

/** Whole or not at all, and never over another run's: a state made with it cannot be read with any other. */
function createPassphrase(path: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
}

/** The variables by which Pulumi's CLI works in this home; also what a user exports for a plain `pulumi`. */
export function pulumiEnvironment(home: PulumiHome): Record<string, string> {
  return {
    PULUMI_HOME: home.directory,
    PULUMI_BACKEND_URL: pathToFileURL(home.stateDirectory).href,
    PULUMI_CONFIG_PASSPHRASE_FILE: home.passphraseFile,
  };
}

/** Variables of the user's own Pulumi that would lead a run elsewhere, or that win over ours (Pulumi docs, environment variables). */
export const FOREIGN_VARIABLES = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "PULUMI_STACK"] as const;
