import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { HoldfastError, joinFaults } from "./engine/core/errors.js";
import { nearestName } from "./engine/core/nearest-name.js";
import { plainText } from "./engine/core/plain-text.js";
import { parseBytes, parseSeconds } from "./engine/core/quantities.js";

const NAMESPACE = "holdfast:";

const approvals = z.array(
  z.strictObject({
    version: z.string({ error: "must be the version as the file name spells it, in quotes" }),
    checksum: z.string().regex(/^[0-9a-f]{64}$/i, "must be a SHA-256 in hex, as `holdfast plan` prints it"),
    by: z.string().min(1, "must say who approved"),
    expires: z.iso
      .datetime({ offset: true, error: "must be an ISO 8601 instant, for example 2026-01-31T12:00:00Z" })
      .optional(),
  }),
);

const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

const PORT = "must be 0 for any free one, or 1024 to 65535";

/** One rule a key. Pulumi hands every value over as text; Pulumi.yaml has the same keys with type, default and meaning. */
const rules = z.object({
  engine: z.literal("embedded", { error: 'must be "embedded"' }).default("embedded"),
  environment: z.string().optional(),
  release: z.string().regex(SEMVER, "must be a semantic version, for example 1.4.0").optional(),
  directory: z.string().default("migrations"),
  schema: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_$]{0,62}$/, "must be a schema's name, at most 63 letters")
    .default("public"),
  approvals: z.string().transform(fromJson).pipe(approvals).default([]),
  soak: quantity(parseSeconds, "must be a time such as 0, 12 h or 7 days").optional(),
  copyLimit: quantity(parseBytes, "must be a size such as 512 MiB or 1 GiB").optional(),
  port: z.coerce.number({ error: PORT }).refine(isPort, PORT).default(0),
  runOnEveryDeploy: z
    .enum(["true", "false"], { error: "must be true or false" })
    .transform((value) => value === "true")
    .default(false),
});

export type ConfigKey = keyof typeof rules.shape;
export const CONFIG_KEYS = Object.keys(rules.shape) as ConfigKey[];

type Rules = z.infer<typeof rules>;

/** A stack's settings, checked and with every default filled in. */
export interface Config extends Omit<Rules, "soak" | "copyLimit" | "environment" | "release" | "port"> {
  readonly environment: string;
  readonly release: string;
  /** Unset: by environment. */
  readonly soakSeconds: number | undefined;
  readonly copyLimitBytes: number | undefined;
  /** Unset: a free one, remembered. */
  readonly port: number | undefined;
}

/**
 * Reads the stack's settings. Pulumi ignores a key that Pulumi.yaml does not declare; here it is an error.
 *
 * @param values all settings of the stack, by full name, as pulumi.runtime.allConfig() gives them
 * @param fallback what `environment` and `release` are where they are not set
 * @throws HoldfastError invalid_config with all faults at once
 */
export function readConfig(
  values: Readonly<Record<string, string>>,
  fallback: { readonly environment: string; readonly release: string },
): Config {
  const own = ownValues(values);
  const unknown = Object.keys(own).filter((key) => !CONFIG_KEYS.includes(key as ConfigKey));
  // An empty value is Pulumi.yaml's way to say "not set".
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== ""));
  const result = rules.safeParse(given);
  const issues = result.success ? [] : result.error.issues;
  const fault = joinFaults([...unknown.map(unknownKey), ...issues.map((issue) => faultyValue(issue, given))]);
  if (fault !== undefined) throw fault;
  const { soak, copyLimit, port, environment, release, ...rest } = result.data as Rules;
  return {
    ...rest,
    environment: environment ?? fallback.environment,
    release: release ?? fallback.release,
    soakSeconds: soak,
    copyLimitBytes: copyLimit,
    port: port === 0 ? undefined : port,
  };
}

/**
 * The settings of the stack this program runs in.
 *
 * @throws RunError, which Pulumi prints without a stack trace, with all faults
 */
export function loadConfig(packageVersion: string): Config {
  try {
    return readConfig(pulumi.runtime.allConfig(), { environment: pulumi.getStack(), release: packageVersion });
  } catch (error) {
    const fault = new pulumi.RunError(plainText(error));
    // A stack tells nothing about a misspelt key, and on Node 20 the SDK's loader takes half a minute to colour one.
    fault.stack = "";
    throw fault;
  }
}

function ownValues(values: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(values).filter(([key]) => key.startsWith(NAMESPACE));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(NAMESPACE.length), value]));
}

function unknownKey(key: string): HoldfastError {
  const nearest = nearestName(key, CONFIG_KEYS);
  const meant =
    nearest === undefined ? `The keys are: ${CONFIG_KEYS.join(", ")}.` : `Did you mean ${NAMESPACE}${nearest}?`;
  return new HoldfastError("invalid_config", `${NAMESPACE}${key} is not a setting of Holdfast.`, {
    next: `${meant} Take the other out with \`pulumi config rm ${NAMESPACE}${key}\`.`,
  });
}

function faultyValue({ path, message }: z.core.$ZodIssue, given: Readonly<Record<string, string>>): HoldfastError {
  const [key, ...inside] = path.map(String);
  const where = inside.length === 0 ? "" : ` (at ${inside.join(".")})`;
  const value = key === "approvals" ? "" : ` is "${given[key ?? ""] ?? ""}" and`;
  return new HoldfastError("invalid_config", `${NAMESPACE}${key ?? ""}${where}${value} ${message}.`, {
    next: `Set it right: pulumi config set ${NAMESPACE}${key ?? ""} <value>.`,
  });
}

function quantity(parse: (text: string) => number | undefined, message: string) {
  return z.string().transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

function fromJson(value: string, context: z.core.$RefinementCtx): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    context.addIssue({ code: "custom", message: "must be a list of {version, checksum, by, expires}" });
    return z.NEVER;
  }
}

function isPort(port: number): boolean {
  return port === 0 || (Number.isInteger(port) && port >= 1024 && port <= 65_535);
}
