import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import type { ConnectionSettings } from "../../core/connection-settings.js";

/** Would lead a client program elsewhere than the engine goes, or change what it writes. */
const FOREIGN = ["PGSERVICE", "PGHOSTADDR", "PGOPTIONS", "PGCLIENTENCODING", "PGSSLCERT", "PGSSLKEY"];

/**
 * Runs `work` with an environment in which PostgreSQL's client programs log in as the engine does (manual, "Environment
 * Variables"). The password lies in a file that only this user can read, for as long as the work takes: arguments can be
 * listed by everybody, and an environment by whoever is this user.
 *
 * @param purpose for the server's own list of sessions: `dump`
 */
export async function withClientLogin<T>(
  settings: ConnectionSettings,
  purpose: string,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-login-"));
  try {
    return await work({ ...inherited(), ...(await loginOf(settings, purpose, folder)) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)));
}

async function loginOf(settings: ConnectionSettings, purpose: string, folder: string): Promise<NodeJS.ProcessEnv> {
  const { host, port, database, user, password } = settings;
  const secret = typeof password === "function" ? await password() : password;
  return {
    ...{ PGHOST: host, PGPORT: String(port), PGDATABASE: database, PGUSER: user },
    ...{ PGAPPNAME: `holdfast ${purpose}`, LC_MESSAGES: "C" },
    ...(secret !== undefined && (await passwordFile(folder, settings, secret))),
    ...(await certificatesOf(settings, folder)),
  };
}

/** A password of the user's own environment would be taken before the file. */
async function passwordFile(folder: string, { user }: ConnectionSettings, secret: string): Promise<NodeJS.ProcessEnv> {
  const path = join(folder, "pgpass");
  await writeFile(path, `*:*:*:${escaped(user)}:${escaped(secret)}\n`, { mode: 0o600 });
  return { PGPASSFILE: path, PGPASSWORD: undefined };
}

/** `:` and `\` are written with a backslash (manual, "The Password File"). */
function escaped(text: string): string {
  return text.replaceAll(/[\\:]/g, "\\$&");
}

async function certificatesOf({ ssl }: ConnectionSettings, folder: string): Promise<NodeJS.ProcessEnv> {
  if (ssl === undefined || ssl === false) return { PGSSLMODE: "disable" };
  if (ssl !== true && ssl.rejectUnauthorized === false) return { PGSSLMODE: "require" };
  const path = join(folder, "authorities.pem");
  await writeFile(path, (ssl === true ? undefined : ssl.ca) ?? (await trustedHere()));
  return { PGSSLMODE: "verify-full", PGSSLROOTCERT: path };
}

/** Whom this process trusts: a client program has a list of its own, and before version 16 none. */
async function trustedHere(): Promise<string> {
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  const further = extra === undefined ? "" : await readFile(extra, "utf8").catch(() => "");
  return [...rootCertificates, further].join("\n");
}
