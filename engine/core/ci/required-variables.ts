import type { LintFinding } from "../lint/lint-finding.js";

/** What an application needs where it runs, when holdfast.json says nothing else. */
export const REQUIRED_VARIABLES: readonly string[] = [
  "DATABASE_URL",
  "BLOB_READ_WRITE_TOKEN",
  "NEXT_PUBLIC_BLOB_BASE_URL",
  "FEATURE_FLAGS_JSON",
];

/** Environments and their files, when holdfast.json says nothing else. */
export const ENVIRONMENTS: Readonly<Record<string, EnvironmentVariables>> = {
  local: { file: ".env.local", required: REQUIRED_VARIABLES },
  staging: { file: ".env.staging", required: REQUIRED_VARIABLES },
  production: { file: ".env.production", required: REQUIRED_VARIABLES },
};

export interface EnvironmentVariables {
  /** Where its variables stand, relative to the project: `.env.production`. */
  readonly file: string;
  readonly required: readonly string[];
}

/** A file of variables, read: names only, so that no value can reach a report. */
export interface VariablesFile {
  readonly path: string;
  readonly names: ReadonlySet<string>;
}

export interface VariablesInput {
  readonly environments: Readonly<Record<string, EnvironmentVariables>>;
  /** True where holdfast.json lists the environments: then each must have a file. */
  readonly isListed: boolean;
  readonly find: (path: string) => VariablesFile | undefined;
}

/**
 * Names that an environment requires and its file does not have. The file itself is looked into where it lies here; else the one
 * under version control that shows its names: `.env.production.example`, `.env.example`.
 */
export function missingVariables({ environments, isListed, find }: VariablesInput): LintFinding[] {
  return Object.entries(environments).flatMap(([name, { file, required }]) => {
    const found = [file, `${file}.example`, ".env.example"].flatMap((path) => find(path) ?? [])[0];
    if (found === undefined) return isListed && required.length > 0 ? [noFile(name, file)] : [];
    return required.filter((variable) => !found.names.has(variable)).map((variable) => missing(name, variable, found));
  });
}

function missing(environment: string, variable: string, { path }: VariablesFile): LintFinding {
  return {
    ...{ rule: "missing-variable", severity: "error", file: path, line: 1, column: 1 },
    message: `${environment} requires ${variable}, which ${path} does not name.`,
    fix: `Add ${variable}= to ${path}, and its value where ${environment} runs. If nothing reads it: list what is required in holdfast.json, ci.environments.${environment}.required.`,
  };
}

function noFile(environment: string, file: string): LintFinding {
  return {
    ...{ rule: "missing-variable", severity: "error", file: "holdfast.json", line: 1, column: 1 },
    message: `${environment} requires variables, and neither ${file} nor an example of it names them.`,
    fix: `Write their names without values into ${file}.example, which may be under version control.`,
  };
}

/** Variables that are not set, or empty, in the process that asks: a secret that a pipeline does not hand on is an empty text. */
export function unsetVariables(
  environment: string,
  { required }: EnvironmentVariables,
  values: Readonly<Record<string, string | undefined>>,
): LintFinding[] {
  return required
    .filter((variable) => (values[variable] ?? "") === "")
    .map((variable) => ({
      ...{ rule: "missing-variable", severity: "error", file: "holdfast.json", line: 1, column: 1 },
      message: `${environment} requires ${variable}, which is ${values[variable] === undefined ? "not set" : "empty"} in this process.`,
      fix: `Hand it on to this step, for example from the pipeline's secrets of the environment ${environment}.`,
    }));
}
