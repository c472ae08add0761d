import { isObject, type Properties } from "./values.js";

/** The account of every simulated cloud where the provider does not assume a role of another. AWS's documentation uses it. */
export const ACCOUNT = "123456789012";

/** What a provider resource, or the stack's `aws:` config, says. */
export interface ProviderSettings {
  readonly region: string;
  readonly account: string;
  readonly defaultTags: Readonly<Record<string, string>>;
  readonly ignoredTags: { readonly keys: readonly string[]; readonly prefixes: readonly string[] };
}

/** @throws Error where no region is given, as the real provider does */
export function readSettings(config: Properties): ProviderSettings {
  const region = config["region"] ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  if (typeof region !== "string" || region === "") {
    throw new Error(
      'missing required configuration key "aws:region": Set the region, for example aws:region: eu-central-1',
    );
  }
  const ignored = asObject(config["ignoreTags"]);
  return {
    region,
    account: accountOf(config),
    defaultTags: tagsOf(asObject(config["defaultTags"])["tags"]),
    ignoredTags: { keys: listOf(ignored["keys"]), prefixes: listOf(ignored["keyPrefixes"]) },
  };
}

/** That of the role the provider assumes last. */
function accountOf(config: Properties): string {
  const roles = parsed(config["assumeRoles"]);
  const role = asObject(Array.isArray(roles) ? roles.at(-1) : config["assumeRole"])["roleArn"];
  return (typeof role === "string" ? role.split(":")[4] : undefined) ?? ACCOUNT;
}

/** Lists and objects of a provider's inputs travel as JSON text. */
function parsed(value: unknown): unknown {
  return typeof value === "string" ? (JSON.parse(value) as unknown) : value;
}

function asObject(value: unknown): Properties {
  const object = value === undefined ? {} : parsed(value);
  return isObject(object) ? object : {};
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function tagsOf(value: unknown): Record<string, string> {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)])) : {};
}
