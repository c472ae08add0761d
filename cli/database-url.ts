import { readFileSync } from "node:fs";
import { HoldfastError, type ConnectionSettings } from "../engine/index.js";

/** A connection address as people write it, without what is fetched later. */
export interface DatabaseUrl {
  readonly settings: Omit<ConnectionSettings, "password">;
  /** Only where the address may hold one: DATABASE_URL. */
  readonly password: string | undefined;
}

/** Where an address was written, for the errors about it. */
export interface UrlSource {
  /** `--url`, `DATABASE_URL`, `instances.staging.url in holdfast.json` */
  readonly name: string;
  /** A process's environment is its user's own; its arguments, and a file under version control, are everyone's. */
  readonly mayHoldPassword: boolean;
}

/**
 * Reads `postgres://user@host:port/database?sslmode=verify-full`. Parameters it does not know are refused: one that is passed
 * over in silence (`options`, `target_session_attrs`) would connect to something else than was meant.
 *
 * @throws HoldfastError invalid_usage; never quotes the address, which may hold a password
 */
export function readDatabaseUrl(text: string, source: UrlSource, env = process.env): DatabaseUrl {
  const url = parse(text, source);
  const parameters = url.searchParams;
  const password = decode(url.password, source) || (parameters.get("password") ?? "");
  if (password !== "" && !source.mayHoldPassword) throw passwordRefused(source);
  refuseUnknown(parameters, source);
  const user = decode(url.username, source) || (env["PGUSER"] ?? "");
  if (user === "") throw faulty(source, "names no user", "Write postgres://user@host:port/database.");
  const database = decode(url.pathname.slice(1), source) || user;
  const timeout = parameters.get("connect_timeout");
  const ssl = tlsOf(parameters, source);
  return {
    settings: {
      ...{ host: decode(url.hostname, source), port: Number(url.port || 5432), database, user },
      ...(ssl !== undefined && { ssl }),
      ...(timeout !== null && { connectTimeoutMs: Number(timeout) * 1000 }),
    },
    password: password === "" ? undefined : password,
  };
}

const KNOWN_PARAMETERS = ["sslmode", "sslrootcert", "connect_timeout", "password"];

function parse(text: string, source: UrlSource): URL {
  const hint = "Write postgres://user@host:port/database.";
  if (!/^postgres(ql)?:\/\//i.test(text)) throw faulty(source, "does not begin with postgres://", hint);
  try {
    // The scheme is unknown to URL, which would leave the host's brackets and escapes alone; http has the same shape.
    return new URL(text.replace(/^postgres(ql)?:/i, "postgres:"));
  } catch {
    throw faulty(source, "is no address", `${hint} Characters such as @, / and # in a name are written %40, %2F, %23.`);
  }
}

function decode(part: string, source: UrlSource): string {
  try {
    return decodeURIComponent(part).replace(/^\[(.*)\]$/, "$1");
  } catch {
    throw faulty(source, "has a % that begins no escape", "Write a percent sign as %25.");
  }
}

function refuseUnknown(parameters: URLSearchParams, source: UrlSource): void {
  const unknown = [...parameters.keys()].find((name) => !KNOWN_PARAMETERS.includes(name));
  if (unknown === undefined) return;
  throw faulty(
    source,
    `has the parameter ${unknown}, which is not known`,
    "Known are sslmode, sslrootcert and connect_timeout. The schema is an entry of holdfast.json; session-mode proxies take --session-proxy.",
  );
}

/** The words of libpq (PostgreSQL manual, "SSL Mode Descriptions"), less those that fall back to plain text in silence. */
function tlsOf(parameters: URLSearchParams, source: UrlSource): ConnectionSettings["ssl"] {
  const mode = parameters.get("sslmode");
  const rootFile = parameters.get("sslrootcert");
  const ca = rootFile === null ? undefined : { ca: readRoot(rootFile, source) };
  if (mode === null) return ca;
  if (mode === "disable") return undefined;
  if (mode === "verify-full" || (mode === "require" && ca !== undefined)) return ca ?? true;
  if (mode === "require") return { rejectUnauthorized: false };
  throw faulty(
    source,
    `has sslmode=${mode}`,
    "Use verify-full, require (encrypted, certificate not checked) or disable.",
  );
}

function readRoot(path: string, source: UrlSource): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw faulty(source, `names ${path} as sslrootcert, which cannot be read`, "Correct the path.");
  }
}

function passwordRefused({ name }: UrlSource): HoldfastError {
  const reason = name === "--url" ? "every user of this machine can read it in the process list" : "files are shared";
  return new HoldfastError("invalid_usage", `The password in ${name} is refused: ${reason}.`, {
    next:
      "Take it out of the address, and change it if others could have seen it.\n" +
      "Give it by PGPASSFILE or ~/.pgpass, by PGPASSWORD, by DATABASE_URL, or type it when asked.",
  });
}

function faulty({ name }: UrlSource, fault: string, next: string): HoldfastError {
  return new HoldfastError("invalid_usage", `${name} ${fault}.`, { next });
}
