import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { combinationFaults } from "./config-combinations.js";
import { rules } from "./config-rules.js";
import { HoldfastError, joinFaults } from "./engine/core/errors.js";
import { nearestName } from "./engine/core/nearest-name.js";
import { plainText } from "./engine/core/plain-text.js";

const NAMESPACE = "holdfast:";
/** An empty value is Pulumi.yaml's way to say "not set". */
const NOT_SET = ["", "{}", "[]"];

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
 * @param fallback what `environment`, the stack's name, and `release` are where they are not set
 * @throws HoldfastError invalid_config with all faults at once
 */
export function readConfig(
  values: Readonly<Record<string, string>>,
  fallback: { readonly environment: string; readonly release: string },
): Config {
  const file = `Pulumi.${fallback.environment}.yaml`;
  const own = ownValues(values);
  const unknown = Object.keys(own).filter((key) => !CONFIG_KEYS.includes(key as ConfigKey));
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => !NOT_SET.includes(value)));
  const result = rules.safeParse(given);
  const issues = result.success ? [] : result.error.issues;
  const fault = joinFaults([
    ...unknown.map((key) => unknownKey(key, file)),
    ...issues.map((issue) => faultyValue(issue, given, file)),
    ...(result.success ? combinationFaults(result.data, new Set(Object.keys(given)), file) : []),
  ]);
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

function unknownKey(key: string, file: string): HoldfastError {
  const nearest = nearestName(key, CONFIG_KEYS);
  const meant =
    nearest === undefined ? `The keys are: ${CONFIG_KEYS.join(", ")}.` : `Did you mean ${NAMESPACE}${nearest}?`;
  return new HoldfastError("invalid_config", `${NAMESPACE}${key} is not a setting of Holdfast.`, {
    next: `${meant} Take the other out of ${file} with \`pulumi config rm ${NAMESPACE}${key}\`.`,
  });
}

function faultyValue(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>, file: string): HoldfastError {
  const [key = "", ...inside] = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return unknownInside([key, ...inside].join("."), issue.keys[0] ?? "", file);
  const where = inside.length === 0 ? "" : ` (at ${inside.join(".")})`;
  // What should have been a list or an object may be anything, a token that was pasted included: it is not repeated.
  const value = inside.length > 0 || isStructured(key) ? "" : ` is "${given[key] ?? ""}" and`;
  return new HoldfastError("invalid_config", `${NAMESPACE}${key}${where}${value} ${issue.message}.`, {
    next: `Set it right in ${file}: pulumi config set ${inside.length === 0 ? "" : "--path "}${NAMESPACE}${[key, ...inside].join(".")} <value>.`,
  });
}

function isStructured(key: string): boolean {
  const { type } = schemaAt(key) ?? {};
  return type === "object" || type === "array";
}

function unknownInside(path: string, key: string, file: string): HoldfastError {
  const sentence = `${NAMESPACE}${path} has ${key}, which is not a setting of Holdfast.`;
  const known = keysAt(path);
  const nearest = nearestName(key, known);
  return new HoldfastError("invalid_config", sentence, {
    next: `${nearest === undefined ? `The keys are: ${known.join(", ")}.` : `Did you mean ${nearest}?`} It stands in ${file}.`,
  });
}

/** The keys that may stand at a path such as `database.serverless` or `approvals.0`. */
export function keysAt(path: string): string[] {
  return Object.keys(schemaAt(path)?.properties ?? {});
}

function schemaAt(path: string): z.core.JSONSchema.BaseSchema | undefined {
  const schema = z.toJSONSchema(rules, { io: "output", unrepresentable: "any" });
  return path.split(".").reduce<z.core.JSONSchema.BaseSchema | undefined>((found, step) => {
    if (/^\d+$/.test(step)) return found?.items as z.core.JSONSchema.BaseSchema | undefined;
    return found?.properties?.[step] as z.core.JSONSchema.BaseSchema | undefined;
  }, schema);
}
