import { unwrapSecrets, type Properties } from "./property-values.js";

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

type Kind = "string" | "boolean" | "string list" | "string map" | "list";

const KINDS: Readonly<Record<Exclude<keyof CommandInputs, "command">, Kind>> = {
  create: "string",
  update: "string",
  delete: "string",
  dir: "string",
  stdin: "string",
  logging: "string",
  interpreter: "string list",
  environment: "string map",
  addPreviousOutputInEnv: "boolean",
  triggers: "list",
};

/** What a difference is looked for in. */
export const INPUT_NAMES: readonly string[] = Object.keys(KINDS);

/** A value that is not known in a preview (sdk: `runtime/rpc.ts`, `unknownValue`). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface InputFailure {
  readonly property: string;
  readonly reason: string;
}

/** Faults of the inputs, each with its property. */
export function checkInputs(urn: string, inputs: Properties): InputFailure[] {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  if (type !== "command:local:Command") throw new Error(`the stand-in for the command plugin has no resource ${type}`);
  return Object.entries(unwrapSecrets(inputs) as Properties).flatMap(([property, value]) => {
    if (property.startsWith("__")) return [];
    const kind = (KINDS as Readonly<Record<string, Kind | undefined>>)[property];
    if (kind === undefined)
      return [{ property, reason: "the stand-in for the command plugin does not have this input" }];
    return value === UNKNOWN || isKind(value, kind) ? [] : [{ property, reason: `must be a ${kind}` }];
  });
}

function isKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case "string":
    case "boolean":
      return typeof value === kind;
    case "list":
      return Array.isArray(value);
    case "string list":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "string map":
      return (
        typeof value === "object" && value !== null && Object.values(value).every((item) => typeof item === "string")
      );
  }
}

/** The inputs as values to work with; `checkInputs` has seen them. */
export function inputsOf(properties: Properties): CommandInputs {
  return unwrapSecrets(properties) as CommandInputs;
}
