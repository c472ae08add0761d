/** Everything needed to open a session; made by whoever knows the instance. Times in milliseconds. */
export interface ConnectionSettings {
  readonly host: string;
  /** Default 5432. */
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Fetched at the moment it is needed. Unset: the server asks for none, or PGPASSWORD or PGPASSFILE has it. */
  readonly password?: string | (() => string | Promise<string>);
  /** `true` checks the certificate. Default: no TLS. */
  readonly ssl?: boolean | { readonly ca?: string; readonly rejectUnauthorized?: boolean };
  /** Role taken by SET ROLE; all objects belong to it. Unset: the login itself. */
  readonly ownerRole?: string;
  /** Where schema_migrations, system_versions and settings live, and first in the search path. Default `public`. */
  readonly schema?: string;
  /** A session-mode pooler stands in between, on purpose. */
  readonly isSessionProxy?: boolean;
  /** Until the server has let us in. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** What to do next where no session comes about, in place of the general word. */
  readonly advice?: ConnectionAdvice | undefined;
}

/** By what went wrong; one step a line. */
export interface ConnectionAdvice {
  /** Nobody answers there. */
  readonly unreachable: string;
  /** The server's certificate is not accepted. */
  readonly certificate: string;
  /** The server does not let the user in. */
  readonly login: string;
}
