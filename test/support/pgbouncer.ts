import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { asServerUser, serverUser } from "../../engine/adapters/local/server-user.js";

const run = promisify(execFile);
const CACHE = join(tmpdir(), `holdfast-test-pgbouncer-${process.getuid?.() ?? "user"}`);
/** PgBouncer and the libraries it needs that a small Debian lacks. */
const PACKAGES = ["pgbouncer", "libc-ares2", "libevent-2.1-7"];

export interface PgBouncer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Downloads the Debian packages and unpacks them without installing; kept for the next run. Undefined where there is no apt. */
async function unpack(): Promise<string | undefined> {
  if (existsSync(CACHE)) return CACHE;
  const work = await mkdtemp(join(tmpdir(), "holdfast-test-apt-"));
  try {
    await chmod(work, 0o777);
    const download = (): Promise<unknown> => run("apt-get", ["download", ...PACKAGES], { cwd: work });
    // A new machine has no package lists yet.
    await download().catch(async () => {
      await run("apt-get", ["update"]);
      await download();
    });
    const root = join(work, "root");
    await mkdir(root);
    for (const name of await readdir(work))
      if (name.endsWith(".deb")) await run("dpkg", ["-x", join(work, name), root]);
    await run("chmod", ["-R", "a+rX", root]);
    await rename(root, CACHE).catch(() => undefined);
    return CACHE;
  } catch {
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** A pooler in front of `target`, logging in there with `target`'s user. Undefined where Debian's package cannot be had. */
export async function startPgBouncer(
  target: { host: string; port: number; user: string; password: string },
  mode: "transaction" | "session",
): Promise<PgBouncer | undefined> {
  const root = await unpack();
  if (root === undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), "holdfast-test-pgbouncer-"));
  const port = await freePort();
  const user = serverUser();
  await writeFile(join(directory, "users.txt"), `"${target.user}" "${target.password}"\n`);
  await writeFile(
    join(directory, "pgbouncer.ini"),
    `[databases]
* = host=${target.host} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(directory, "users.txt")}
pool_mode = ${mode}
ignore_startup_parameters = extra_float_digits,options
`,
  );
  if (user !== undefined) {
    await chown(directory, user.uid, user.gid);
    for (const name of await readdir(directory)) await chown(join(directory, name), user.uid, user.gid);
  }
  const libraries = join(root, "usr/lib", `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`);
  const child = spawn(join(root, "usr/sbin/pgbouncer"), [join(directory, "pgbouncer.ini")], {
    ...asServerUser(user),
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
    stdio: "ignore",
  });
  const hasEnded = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    stop: async () => {
      child.kill("SIGKILL");
      await hasEnded;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
