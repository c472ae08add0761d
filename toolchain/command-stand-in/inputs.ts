import { isObject, UNKNOWN, unwrapSecrets, type Properties } from "../stand-in/property-values.js";

/** The inputs of `command:local:Command`, and `command` of the function `command:local:run`. */
export interface CommandInputs {
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly command?: string;
  readonly dir?: string;
  readonly stdin?: string;
  readonly logging?: string;
  readonly interpreter?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly addPreviousOutputInEnv?: boolean;
  readonly triggers?: readonly unknown[];
}

/** Each input with its type, as the plugin's messages name it. */
const TYPES = {
  create: "string",
  update: "string",
  delete: "string",
  dir: "string",
  stdin: "string",
  logging: "local.Logging",
  interpreter: "[]string",
  environment: "map[string]string",
  addPreviousOutputInEnv: "bool",
  triggers: "[]interface {}",
} as const satisfies Record<Exclude<keyof CommandInputs, "command">, string>;

export const INPUT_NAMES: readonly string[] = Object.keys(TYPES);

/** Inputs of the plugin that the stand-in does without. */
const NOT_HERE: readonly string[] = ["assetPaths", "archivePaths"];

export interface InputFailure {
  readonly property: string;
  readonly reason: string;
}

/** Faults of the inputs, each with its property. */
export function checkInputs(inputs: Properties): InputFailure[] {
  return Object.entries(inputs).flatMap(([property, value]) => {
    const type = (TYPES as Readonly<Record<string, string | undefined>>)[property];
    if (type !== undefined) return mistyped(property, unwrapSecrets(value), type);
    const reason = NOT_HERE.includes(property)
      ? "The stand-in for the command plugin does not have this input; it needs the official plugin"
      : `Unrecognized field '${property}' on 'local.CommandInputs'`;
    return [{ property, reason }];
  });
}

function mistyped(property: string, value: unknown, type: string): InputFailure[] {
  if (value === UNKNOWN) return [];
  if (type === "map[string]string" && isObject(value)) {
    return Object.entries(value).flatMap(([key, item]) => mistyped(`${property}[${key}] value`, item, "string"));
  }
  if (type === "[]string" && Array.isArray(value)) {
    return value.flatMap((item, index) => mistyped(`${property}[${index}]`, item, "string"));
  }
  const got = goType(value);
  if (got === type || (got === "string" && type === "local.Logging")) return [];
  return [
    { property, reason: `Field '${property}' on 'local.CommandInputs' must be a '${type}'; got '${got}' instead` },
  ];
}

/** What Go calls a value that came as JSON. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (isObject(value)) return "map[string]interface {}";
  return { number: "float64", boolean: "bool" }[typeof value as string] ?? typeof value;
}

/** The inputs as values to work with; `checkInputs` has seen them. */
export function inputsOf(properties: Properties): CommandInputs {
  return unwrapSecrets(properties) as CommandInputs;
}

/** Only what is an input: the state holds the outputs beside them. */
export function onlyInputs(state: Properties): Properties {
  return Object.fromEntries(Object.entries(state).filter(([name]) => INPUT_NAMES.includes(name)));
}
