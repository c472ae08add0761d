import { readFileSync } from "node:fs";
import {
  FOLDER_FORMATS,
  HoldfastError,
  joinFaults,
  nearestName,
  parseBytes,
  parseSeconds,
  type Approval,
  type FolderFormat,
} from "../engine/index.js";

/** holdfast.json: the instances that no stack of this machine brings, and settings for those that one does. */
export interface InstanceList {
  /** Folder of migrations for every instance, relative to the file. */
  readonly directory: string | undefined;
  /** Whose files the folders hold, for every instance. */
  readonly format: FolderFormat | undefined;
  readonly instances: Readonly<Record<string, ListedInstance>>;
}

export interface ListedInstance {
  /** Without a password. Unset: the local database of that name. */
  readonly url?: string;
  /** What the marker in the database must say. Default: the instance's name. */
  readonly environment?: string;
  /** Relative to the file. */
  readonly directory?: string;
  /** Whose files the folder holds: another tool's where it was adopted. Default `holdfast`. */
  readonly format?: FolderFormat;
  /** Where the history table lives. Default `public`. */
  readonly schema?: string;
  /** Taken by SET ROLE; all objects belong to it. */
  readonly ownerRole?: string;
  /** A session-mode pooler stands in between. */
  readonly sessionProxy?: boolean;
  /** `7 days` */
  readonly soak?: number;
  /** `1 GiB` */
  readonly copyLimit?: number;
  /** `7 days`: back to any instant of this long a restore of an embedded database is possible. In seconds, a day at least. */
  readonly retention?: number;
  /** Where each backup is copied to: directories, relative to the file, `s3://bucket/prefix`, `region:eu-west-1`. */
  readonly backupTo?: readonly string[];
  readonly approvals?: readonly Approval[];
}

type Check = (value: unknown) => unknown;

const TEXT: Check = (value) => (typeof value === "string" && value !== "" ? value : undefined);
const FORMAT: Check = (value) => FOLDER_FORMATS.find((format) => format === value);
const FLAG: Check = (value) => (typeof value === "boolean" ? value : undefined);
const amount =
  (parse: (text: string) => number | undefined): Check =>
  (value) =>
    typeof value === "string" ? parse(value) : undefined;

const FORMAT_RULE = `one of ${FOLDER_FORMATS.join(", ")}`;

/** What each key of an entry holds; a check gives the value, or undefined for one that is wrong. */
export const KEYS: Readonly<Record<keyof ListedInstance, readonly [Check, string]>> = {
  url: [TEXT, "postgres://user@host:port/database"],
  environment: [TEXT, "a name"],
  directory: [TEXT, "a folder, relative to holdfast.json"],
  format: [FORMAT, FORMAT_RULE],
  schema: [TEXT, "a schema's name"],
  ownerRole: [TEXT, "a role's name"],
  sessionProxy: [FLAG, "true or false"],
  soak: [amount(parseSeconds), 'a time such as "0", "12 h" or "7 days"'],
  copyLimit: [amount(parseBytes), 'a size such as "512 MiB" or "1 GiB"'],
  retention: [retention, 'a time of at least a day such as "7 days"'],
  backupTo: [texts, 'a list of places: directories, "s3://bucket/prefix", "region:eu-west-1"'],
  approvals: [approvals, "a list of {version, checksum (SHA-256 in hex), by, expires (ISO 8601, optional)}"],
};

/** @throws HoldfastError invalid_config with all faults at once */
export function readInstanceList(path: string): InstanceList {
  const json = readJson(path);
  const faults: HoldfastError[] = [];
  const fault = (where: string, sentence: string, next: string): void => {
    faults.push(new HoldfastError("invalid_config", `${path}: ${where} ${sentence}.`, { next }));
  };
  for (const key of Object.keys(json).filter((name) => !["directory", "format", "instances", "ci"].includes(name))) {
    fault(
      key,
      "is no setting of holdfast.json",
      'It holds "instances" and, if need be, "directory", "format" and "ci".',
    );
  }
  if (json["directory"] !== undefined && TEXT(json["directory"]) === undefined) {
    fault("directory", "is no folder", "Name it relative to holdfast.json.");
  }
  if (json["format"] !== undefined && FORMAT(json["format"]) === undefined) {
    fault("format", "cannot be read", `It must be ${FORMAT_RULE}.`);
  }
  const instances = isRecord(json["instances"]) ? json["instances"] : {};
  const read = Object.entries(instances).map(([name, entry]) => [name, readEntry(name, entry, fault)] as const);
  const joined = joinFaults(faults);
  if (joined !== undefined) throw joined;
  return {
    directory: json["directory"] as string | undefined,
    format: json["format"] as FolderFormat | undefined,
    instances: Object.fromEntries(read),
  };
}

function readEntry(
  name: string,
  entry: unknown,
  fault: (where: string, sentence: string, next: string) => void,
): ListedInstance {
  const at = `instances.${name}`;
  if (!isRecord(entry)) {
    fault(at, "is no object", `Write {"url": "postgres://user@host/database"}.`);
    return {};
  }
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(entry)) {
    const rule = Object.hasOwn(KEYS, key) ? KEYS[key as keyof ListedInstance] : undefined;
    const nearest = nearestName(key, Object.keys(KEYS));
    if (rule === undefined) {
      fault(
        `${at}.${key}`,
        "is no setting",
        nearest === undefined ? `Known: ${Object.keys(KEYS).join(", ")}.` : `Did you mean ${nearest}?`,
      );
      continue;
    }
    values[key] = rule[0](value);
    if (values[key] === undefined) fault(`${at}.${key}`, "cannot be read", `It must be ${rule[1]}.`);
  }
  return values;
}

function retention(value: unknown): number | undefined {
  const seconds = typeof value === "string" ? parseSeconds(value) : undefined;
  return seconds === undefined || seconds < 24 * 60 * 60 ? undefined : seconds;
}

function texts(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const read = value.map(TEXT);
  return read.every((one) => typeof one === "string") ? read : undefined;
}

function approvals(value: unknown): Approval[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const read = value.map((one: unknown) => (isRecord(one) ? approval(one) : undefined));
  return read.every((one) => one !== undefined) ? read : undefined;
}

function approval({ version, checksum, by, expires }: Record<string, unknown>): Approval | undefined {
  if (typeof version !== "string" || typeof by !== "string" || by === "") return undefined;
  if (typeof checksum !== "string" || !/^[0-9a-f]{64}$/i.test(checksum)) return undefined;
  const given = { version, checksum: checksum.toLowerCase(), by };
  if (expires === undefined) return given;
  const instant = typeof expires === "string" ? new Date(expires) : undefined;
  return instant === undefined || Number.isNaN(instant.getTime()) ? undefined : { ...given, expires: instant };
}

function readJson(path: string): Record<string, unknown> {
  try {
    const json = JSON.parse(readFileSync(path, "utf8")) as unknown;
    if (isRecord(json)) return json;
  } catch {
    // The parser's own message may quote the file, which someone may have put a password into.
  }
  throw new HoldfastError("invalid_config", `${path} is not a JSON object, or cannot be read.`, {
    next: 'Write {"instances": {"staging": {"url": "postgres://user@host/database"}}}.',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
