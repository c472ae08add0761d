/** What decides where local databases live; all of it is read by the caller. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Undefined where the system has no such ids. */
  readonly uid: number | undefined;
  /** The user's home folder. */
  readonly home: string;
}

/**
 * Where local databases and their backups live: outside every repository, so that no clone, clean or reset touches them.
 *
 * `HOLDFAST_HOME`; else as root `/var/lib/holdfast` (root's home cannot be entered by the user the server runs as); else
 * `$XDG_DATA_HOME/holdfast` or `~/.local/share/holdfast` (XDG base directory specification), on macOS
 * `~/Library/Application Support/holdfast`.
 */
export function chooseDataRoot({ env, platform, uid, home }: Machine): string {
  const chosen = env["HOLDFAST_HOME"];
  if (chosen !== undefined && chosen !== "") return chosen;
  if (uid === 0) return "/var/lib/holdfast";
  if (platform === "darwin") return below(home, "Library/Application Support/holdfast");
  const shared = env["XDG_DATA_HOME"];
  return below(shared !== undefined && shared !== "" ? shared : below(home, ".local/share"), "holdfast");
}

/**
 * Whether a local database, or a project, can be called so: what Pulumi allows for projects and stacks, less what would be a path
 * of its own.
 *
 * @param taken names that stand for something else there
 */
export function isFolderName(name: string, taken: readonly string[]): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) && !taken.includes(name);
}

/** What lies beside a project's local databases. */
export const BESIDE_INSTANCES: readonly string[] = ["backups", "incidents", "pulumi"];

/** Of a server on this machine. */
export function isLocalPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1024 && port <= 65_535;
}

function below(folder: string, path: string): string {
  return `${folder.replace(/\/+$/, "")}/${path}`;
}
