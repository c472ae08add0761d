import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import type { PostgresBinaries } from "./binaries.js";
import { storageFault } from "./data-root.js";
import { LOCAL_HOST, LOCAL_SUPERUSER } from "./instance-file.js";
import { lastMatch } from "./server-log.js";
import { asServerUser, runAsServerUser, serverUser } from "./server-user.js";

/** A data directory and the programs that fit it. */
export interface Cluster {
  readonly binaries: PostgresBinaries;
  readonly dataDirectory: string;
}

/**
 * Beside PostgreSQL's defaults. Archiving is on from the start, by a path relative to the data directory (the archiver's
 * working folder), so that no odd character in a path matters and a restored cluster archives into its own folder.
 * basic_archive copies to a temporary name, flushes, renames, and takes an identical file twice (manual, F.4).
 */
const SETTINGS = `
listen_addresses = '${LOCAL_HOST}'
unix_socket_directories = ''
timezone = 'UTC'
log_timezone = 'UTC'
wal_level = 'replica'
archive_mode = 'on'
archive_library = 'basic_archive'
basic_archive.archive_directory = '../wal'
archive_timeout = '5min'
`;

/** One way in: this machine, with the password. */
const HOST_ACCESS = `host all all ${LOCAL_HOST}/32 scram-sha-256\n`;

/**
 * A new cluster: UTF-8, the locale provider that never changes sort order with the machine's libraries, checksums on.
 * WAL segments of 4 MB: an idle database archives a quarter of what the default of 16 MB would cost.
 *
 * @param passwordFile holds the superuser's password, readable by the server's user
 * @throws HoldfastError server_not_started
 */
export async function createCluster({ binaries, dataDirectory }: Cluster, passwordFile: string): Promise<void> {
  const args = [
    ...["-D", dataDirectory, "-U", LOCAL_SUPERUSER, "--pwfile", passwordFile, "--auth=scram-sha-256"],
    ...[
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--data-checksums",
      "--wal-segsize=4",
    ],
  ];
  await runAsServerUser(serverUser(), binaries.initdb, args).catch((error: unknown) => {
    throw notCreated(error, dataDirectory);
  });
  await appendDurably(join(dataDirectory, "postgresql.conf"), SETTINGS);
  await replaceDurably(join(dataDirectory, "pg_hba.conf"), HOST_ACCESS);
}

/**
 * Runs statements on a stopped cluster in single-user mode (manual, "postgres", "Single-User Mode"): no port, no password.
 * One statement a line.
 *
 * @param settings hold for this one run only
 * @returns what the server said
 * @throws HoldfastError server_not_started with the server's words when one fails
 */
export async function runSingleUser(
  cluster: Cluster,
  database: string,
  statements: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(cluster.binaries.postgres, ["--single", "-D", cluster.dataDirectory, ...options, database], {
    ...asServerUser(serverUser()),
    stdio: ["pipe", "ignore", "pipe"],
  });
  let messages = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (messages += text));
  const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  child.stdin.end(statements.map((statement) => `${statement}\n`).join(""));
  const code = await ended;
  const fault = /(?:ERROR|FATAL|PANIC): +(.*)/.exec(messages)?.[1];
  if (code === 0 && fault === undefined) return messages;
  throw new HoldfastError(
    "server_not_started",
    `The new cluster could not be prepared: ${fault ?? `exit code ${code}`}.`,
    {
      next: "Look at the disk's free space and rights, then run again; nothing was kept.",
    },
  );
}

function notCreated(error: unknown, dataDirectory: string): unknown {
  const { stderr = "", message } = error as Error & { stderr?: string };
  const reason = lastMatch(stderr, /(?:error|FATAL): +(.*)/g) ?? message;
  const code = /Permission denied|EACCES/.test(reason) ? "EACCES" : /No space left/.test(reason) ? "ENOSPC" : undefined;
  if (code !== undefined) return storageFault(Object.assign(new Error(reason), { code }), dataDirectory);
  return new HoldfastError(
    "server_not_started",
    `No cluster could be made in ${dataDirectory}: ${reason}.`,
    {
      next: "Mend what the message names, then run again; nothing was kept.",
    },
    { cause: error },
  );
}

async function appendDurably(path: string, text: string): Promise<void> {
  await writeAndSync(path, "a", text);
}

async function replaceDurably(path: string, text: string): Promise<void> {
  await writeAndSync(path, "w", text);
}

async function writeAndSync(path: string, flags: "a" | "w", text: string): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
