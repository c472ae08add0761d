import { UNKNOWN, unwrapSecrets, type Properties } from "../stand-in/property-values.js";

/** Where the provider logs in, and as whom. */
export interface ProviderSettings {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Where a resource names none. */
  readonly database: string;
  readonly username: string;
  readonly password: string;
  /** Who the user is in the database, where a map gives it another name. */
  readonly databaseUsername: string;
  /** Whether the user is said to be a superuser. */
  readonly isSuperuser: boolean;
  readonly sslmode: string;
  readonly sslRootCertificateFile: string | undefined;
  readonly clientCertificate: ClientCertificate | undefined;
  readonly connectTimeoutSeconds: number;
  readonly usesRdsToken: boolean;
}

/** Paths of PEM files, or with `isInline` their texts. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  readonly isInline: boolean;
}

/** Every setting of the official plugin; those with a mark are not texts, and come as JSON. */
const SETTINGS: Readonly<Record<string, "text" | "json">> = {
  awsRdsIamAuth: "json",
  awsRdsIamProfile: "text",
  awsRdsIamProviderRoleArn: "text",
  awsRdsIamRegion: "text",
  azureIdentityAuth: "json",
  azureTenantId: "text",
  clientcert: "json",
  connectTimeout: "json",
  database: "text",
  databaseUsername: "text",
  expectedVersion: "text",
  gcpIamImpersonateServiceAccount: "text",
  host: "text",
  maxConnections: "json",
  password: "text",
  port: "json",
  scheme: "text",
  sslMode: "text",
  sslmode: "text",
  sslrootcert: "text",
  superuser: "json",
  username: "text",
};

const SCHEMES = ["postgres", "awspostgres", "gcppostgres"];

export interface SettingFailure {
  readonly property: string;
  readonly reason: string;
}

/** Faults of a provider's configuration. */
export function checkSettings(inputs: Properties): SettingFailure[] {
  return Object.entries(inputs).flatMap(([property, raw]) => {
    const value = unwrapSecrets(raw);
    if (property === "version" || property === "pluginDownloadURL") return [];
    if (!(property in SETTINGS)) return [{ property, reason: `\`${property}\` is no setting of the provider` }];
    if (property === "scheme" && value !== UNKNOWN && !SCHEMES.includes(String(value))) {
      const list = SCHEMES.map((scheme) => JSON.stringify(scheme)).join(" ");
      return [{ property, reason: `expected scheme to be one of [${list}], got ${String(value)}` }];
    }
    return [];
  });
}

/** What the inputs leave open comes from PostgreSQL's variables, as with the official plugin. */
export function readSettings(inputs: Properties, env: NodeJS.ProcessEnv): ProviderSettings {
  const text = (name: string): string | undefined => textOf(unwrapSecrets(inputs[name]));
  const json = (name: string): unknown => parse(unwrapSecrets(inputs[name]));
  const certificate = json("clientcert") as { cert?: string; key?: string; sslinline?: boolean } | undefined;
  return {
    scheme: text("scheme") ?? "postgres",
    host: text("host") ?? textOf(env["PGHOST"]) ?? "localhost",
    port: Number(json("port") ?? env["PGPORT"] ?? 5432),
    database: text("database") ?? textOf(env["PGDATABASE"]) ?? "postgres",
    username: text("username") ?? textOf(env["PGUSER"]) ?? "postgres",
    password: text("password") ?? env["PGPASSWORD"] ?? "",
    databaseUsername: text("databaseUsername") ?? text("username") ?? textOf(env["PGUSER"]) ?? "postgres",
    isSuperuser: (json("superuser") ?? env["PGSUPERUSER"] !== "false") === true,
    sslmode: text("sslmode") ?? text("sslMode") ?? textOf(env["PGSSLMODE"]) ?? "",
    sslRootCertificateFile: text("sslrootcert"),
    clientCertificate:
      certificate?.cert === undefined || certificate.key === undefined
        ? undefined
        : { cert: certificate.cert, key: certificate.key, isInline: certificate.sslinline === true },
    connectTimeoutSeconds: Number(json("connectTimeout") ?? env["PGCONNECT_TIMEOUT"] ?? 180),
    usesRdsToken: json("awsRdsIamAuth") === true,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function parse(value: unknown): unknown {
  return typeof value === "string" && value !== "" ? (JSON.parse(value) as unknown) : undefined;
}
