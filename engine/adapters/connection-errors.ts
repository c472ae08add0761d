import type { ConnectionAdvice, ConnectionSettings } from "../core/connection-settings.js";
import { HoldfastError } from "../core/errors.js";

interface Explanation {
  readonly code: "connection_failed" | "authentication_failed";
  readonly what: (at: ConnectionSettings) => string;
  readonly next: string;
  /** Which advice of the connection's own stands in place of `next`. */
  readonly advice?: keyof ConnectionAdvice;
}

const WRONG_LOGIN: Explanation = {
  code: "authentication_failed",
  what: ({ user, host, port }) => `${host}:${port} did not let ${user} in`,
  next: "Check user and password (DATABASE_URL, PGPASSFILE or the instance's password file), and the server's pg_hba.conf.",
  advice: "login",
};

const UNTRUSTED: Explanation = {
  code: "connection_failed",
  what: ({ host, port }) => `the certificate of ${host}:${port} is not one of an authority that is trusted here`,
  next: "Name the authority's certificate (sslrootcert=<file>), or correct the host.",
  advice: "certificate",
};

/** By SQLSTATE (manual, appendix A) or Node's error code. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  "28P01": WRONG_LOGIN,
  "28000": WRONG_LOGIN,
  "3D000": {
    code: "connection_failed",
    what: ({ database, host, port }) => `there is no database ${database} at ${host}:${port}`,
    next: "Correct the name, or make it first: CREATE DATABASE …; Holdfast never makes the database of a connection it was given.",
  },
  "42501": {
    code: "authentication_failed",
    what: ({ user, database }) => `${user} may not connect to database ${database}`,
    next: "Let it in: GRANT CONNECT ON DATABASE … TO …;",
  },
  "53300": {
    code: "connection_failed",
    what: ({ host, port }) => `${host}:${port} has no connection left`,
    next: "Wait until others have ended, or raise max_connections.",
  },
  "57P03": {
    code: "connection_failed",
    what: ({ host, port }) => `the server at ${host}:${port} is starting up, shutting down or recovering`,
    next: "Wait a moment and run it again.",
  },
  ECONNREFUSED: {
    code: "connection_failed",
    what: ({ host, port }) => `nobody listens at ${host}:${port}`,
    next: "Start the server (holdfast local start <instance> for a local one), or correct host and port.",
    advice: "unreachable",
  },
  ENOTFOUND: {
    code: "connection_failed",
    what: ({ host }) => `the name ${host} is not known`,
    next: "Correct the host, or check the network's name service.",
    advice: "unreachable",
  },
  ETIMEDOUT: {
    code: "connection_failed",
    what: ({ host, port }) => `${host}:${port} does not answer`,
    next: "Check that this machine may reach it: network, firewall, security group, VPN.",
    advice: "unreachable",
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    ...UNTRUSTED,
    what: ({ host, port }) => `the certificate that ${host}:${port} shows belongs to another name`,
  },
  CERT_HAS_EXPIRED: {
    ...UNTRUSTED,
    what: ({ host, port }) => `the certificate of ${host}:${port} has expired`,
    next: "Renew it on the server; check this machine's clock.",
  },
  NO_TLS: {
    ...UNTRUSTED,
    what: ({ host, port }) => `${host}:${port} does not speak TLS, and this connection is not made without it`,
    next: "Turn TLS on at the server (ssl = on), or say sslmode=disable where the network is safe.",
  },
};

const ALIASES: Readonly<Record<string, string>> = {
  EAI_AGAIN: "ENOTFOUND",
  EHOSTUNREACH: "ETIMEDOUT",
  ENETUNREACH: "ETIMEDOUT",
  ENOENT: "ECONNREFUSED",
  SELF_SIGNED_CERT_IN_CHAIN: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  DEPTH_ZERO_SELF_SIGNED_CERT: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  UNABLE_TO_GET_ISSUER_CERT: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  CERT_SIGNATURE_FAILURE: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
};

/** Why no session came about, and what to do. */
export function connectionError(error: Error, at: ConnectionSettings): HoldfastError {
  const code = codeOf(error);
  const known = EXPLANATIONS[ALIASES[code] ?? code];
  const explanation: Explanation = known ?? {
    code: "connection_failed",
    what: ({ host, port }) => `the connection to ${host}:${port} failed (${error.message})`,
    next: "Check host, port and TLS, then run it again; nothing was changed.",
  };
  const { what, code: errorCode, advice } = explanation;
  const next = (advice === undefined ? undefined : at.advice?.[advice]) ?? explanation.next;
  const isSqlState = /^[0-9A-Z]{5}$/.test(code) && known !== undefined && !code.startsWith("E");
  return new HoldfastError(
    errorCode,
    `Could not connect: ${what(at)}.`,
    { next, ...(isSqlState && { sqlState: code }) },
    { cause: error },
  );
}

function codeOf(error: Error): string {
  // pg has no code for these three.
  if (error.message === "The server does not support SSL connections") return "NO_TLS";
  if (error.message === "timeout expired") return "ETIMEDOUT";
  if (/password must be a (non-empty )?string/.test(error.message)) return "28P01";
  if (error instanceof AggregateError) return codeOf(error.errors[0] as Error);
  return (error as NodeJS.ErrnoException).code ?? "";
}
