import { spawn, type ChildProcess } from "node:child_process";
import { chown, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import { storageFault } from "../local/data-root.js";
import { lastMatch, LAST_WORDS, readLogEnd } from "../local/server-log.js";
import { asServerUser, serverUser } from "../local/server-user.js";
import { clusterTemplate } from "./cluster-template.js";

/** A PostgreSQL that lives as long as this process, at most. */
export interface ThrowAwayServer {
  /** The folder of its socket: what pg takes for a host. */
  readonly host: string;
  readonly port: number;
  readonly major: number;
  /** Stops at once and removes all. */
  stop(): Promise<void>;
}

/** Of the socket's name only: there is no network. */
const PORT = 5432;
const START_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 10;
/** sun_path holds 104 bytes on macOS, 108 on Linux (unix(4), unix(7)). */
const LONGEST_FOLDER = 60;

/** Nothing has to outlive it, and nothing may happen in it that no statement asked for. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  port: String(PORT),
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  jit: "off",
  max_connections: "20",
  shared_buffers: "32MB",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
};

/**
 * Copies the cluster and holds its server as long as this process lives: when the pipe closes, for whatever reason (end, failure,
 * SIGKILL), the server is told to quit at once and all is removed. TERM is for a server that has not begun to listen to signals:
 * QUIT is not heard then, since a shell without job control starts its background commands deaf to it (POSIX, 2.12).
 */
const GUARD = `
directory=$1 template=$2
printf '%s\\n' "$3" >"$directory/hba"
printf '%s\\n' "$4" >"$directory/ident"
shift 4
trap '' INT HUP
cp -R -p "$template" "$directory/data" >"$directory/log" 2>&1 || echo "FATAL: the empty cluster could not be copied" >>"$directory/log"
"$@" </dev/null >>"$directory/log" 2>&1 &
server=$!
trap '' TERM
read -r _
kill -TERM "$server" 2>/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$directory"
`;

/** Who may enter is told by the operating system: the user of this process, as any role. */
const ACCESS = "local all all peer map=rehearsal";

/**
 * Starts a copy of the empty cluster, behind a socket in a folder of its own: no port, no password, nobody else gets in.
 *
 * @param root data root, where binaries and the empty cluster are kept
 * @throws HoldfastError server_not_started
 */
export async function startThrowAwayServer(root: string): Promise<ThrowAwayServer> {
  const template = await clusterTemplate(root);
  const directory = await makeFolderOfOwn();
  const dataDirectory = join(directory, "data");
  const settings = { ...SETTINGS, ...placesIn(directory) };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = [template.binaries.postgres, "-D", dataDirectory, ...options];
  const access = [ACCESS, `rehearsal "${userInfo().username}" all`];
  const guard = spawn("/bin/sh", ["-c", GUARD, "guard", directory, template.dataDirectory, ...access, ...server], {
    ...asServerUser(serverUser()),
    stdio: ["pipe", "ignore", "ignore"],
    // Ctrl-C reaches the whole foreground group; it is for this process to say when the server ends.
    detached: true,
  });
  guard.unref();
  try {
    await waitUntilReady(dataDirectory, guard, join(directory, "log"));
    return { host: directory, port: PORT, major: template.binaries.major, stop: () => stop(guard) };
  } catch (error) {
    await stop(guard);
    throw error;
  }
}

function placesIn(directory: string): Readonly<Record<string, string>> {
  return {
    unix_socket_directories: directory,
    hba_file: join(directory, "hba"),
    ident_file: join(directory, "ident"),
  };
}

async function makeFolderOfOwn(): Promise<string> {
  const usual = tmpdir();
  const isFit = usual.length <= LONGEST_FOLDER && /^[\w./+-]+$/.test(usual);
  const parent = isFit ? usual : "/tmp";
  try {
    const directory = await mkdtemp(join(parent, "holdfast-rehearsal-"));
    const user = serverUser();
    if (user !== undefined) await chown(directory, user.uid, user.gid);
    return directory;
  } catch (error) {
    throw storageFault(error, parent);
  }
}

/** The eighth line of postmaster.pid says `ready` once the server takes connections (PostgreSQL's pidfile.h). */
async function waitUntilReady(dataDirectory: string, guard: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const file = join(dataDirectory, "postmaster.pid");
  for (;;) {
    const status = (await readFile(file, "utf8").catch(() => "")).split("\n")[7]?.trim();
    if (status === "ready") return;
    const lastWords = lastMatch(await readLogEnd(log), LAST_WORDS);
    if (guard.exitCode !== null || lastWords !== undefined || Date.now() > deadline) throw notStarted(lastWords);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function notStarted(reason = "it did not answer in time"): HoldfastError {
  return new HoldfastError("server_not_started", `The PostgreSQL of the rehearsal did not start: ${reason}.`, {
    next: "Mend what the message names, then run again. Or rehearse on a server you run: --rehearse-on URL.",
  });
}

async function stop(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return;
  guard.ref();
  await new Promise<void>((resolve) => {
    guard.once("exit", () => resolve());
    guard.stdin?.end();
  });
}
