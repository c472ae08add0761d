import { readFileSync } from "node:fs";
import { ENVIRONMENTS, HoldfastError, REQUIRED_VARIABLES, type EnvironmentVariables } from "../../engine/index.js";
import type { Project } from "../project.js";

/** What holdfast.json says under "ci". */
export interface CiSettings {
  readonly environments: Readonly<Record<string, EnvironmentVariables>>;
  /** False where these are the defaults. */
  readonly isListed: boolean;
}

const DEFAULTS: CiSettings = { environments: ENVIRONMENTS, isListed: false };

/** @throws HoldfastError invalid_config */
export function readCiSettings({ listFile }: Project): CiSettings {
  const json = listFile === undefined ? {} : (JSON.parse(readFileSync(listFile, "utf8")) as Record<string, unknown>);
  const given = json["ci"];
  if (given === undefined) return DEFAULTS;
  if (!isRecord(given)) throw fault("ci", FORM);
  const stray = Object.keys(given).find((key) => key !== "environments");
  if (stray !== undefined) throw fault(`ci.${stray}`, FORM);
  if (given["environments"] === undefined) return DEFAULTS;
  if (!isRecord(given["environments"])) throw fault("ci.environments", FORM);
  const read = Object.entries(given["environments"]).map(([name, entry]) => [name, readEnvironment(name, entry)]);
  return { environments: Object.fromEntries(read) as CiSettings["environments"], isListed: true };
}

const FORM = 'Write {"environments": {"production": {"file": ".env.production", "required": ["DATABASE_URL"]}}}.';

function readEnvironment(name: string, entry: unknown): EnvironmentVariables {
  const at = `ci.environments.${name}`;
  if (!isRecord(entry)) throw fault(at, FORM);
  const { file = `.env.${name}`, required = REQUIRED_VARIABLES, ...others } = entry;
  const stray = Object.keys(others)[0];
  if (stray !== undefined) throw fault(`${at}.${stray}`, "It holds file and required.");
  if (typeof file !== "string" || file === "") throw fault(`${at}.file`, "Name a file, relative to holdfast.json.");
  const isList =
    Array.isArray(required) && required.every((one) => typeof one === "string" && /^[A-Za-z_]\w*$/.test(one));
  if (!isList) throw fault(`${at}.required`, 'List names of variables: ["DATABASE_URL"].');
  return { file, required: required as string[] };
}

function fault(where: string, next: string): HoldfastError {
  return new HoldfastError("invalid_config", `holdfast.json: ${where} cannot be read.`, { next });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
