/** The cloud itself, as files: what exists, whatever any Pulumi state says. The plugin and the test both look at it. */
import { createHash, randomBytes } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { MutableProperties, Properties } from "./values.js";

/** One thing in the cloud. */
export interface CloudResource {
  /** The type's token, or a name without one for what no program can ask for, such as `snapshot`. */
  readonly type: string;
  id: string;
  readonly account: string;
  /** "global" where the type lies in no region. */
  readonly region: string;
  /** What AWS tells of it, by the names of inputs and outputs. */
  attributes: MutableProperties;
  /** What it knows and tells nobody this way, such as the value of a secret. */
  hidden: MutableProperties;
}

export interface CloudCall {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly act: "create" | "update" | "delete" | "read";
  readonly type: string;
  /** Empty for a create that failed. */
  readonly id: string;
  readonly urn: string;
  /** The error's text, where it failed. */
  readonly error?: string;
}

/** Settings of the cloud that a test may make. */
export interface CloudSettings {
  /** Where a real server stands behind every simulated database. */
  readonly databasesAt?: { readonly host: string; readonly port: number };
  /** Where a real server stands behind one of them, by identifier; its port is the database's own. */
  readonly hosts?: Readonly<Record<string, string>>;
}

export class CloudStore {
  /** @param folder of this cloud; made where it is not there */
  constructor(private readonly folder: string) {
    mkdirSync(join(folder, "resources"), { recursive: true });
  }

  list(type: string): CloudResource[] {
    const folder = this.folderOf(type);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CloudResource);
  }

  all(): CloudResource[] {
    return readdirSync(join(this.folder, "resources")).flatMap((folder) => this.list(decodeURIComponent(folder)));
  }

  put(resource: CloudResource): void {
    mkdirSync(this.folderOf(resource.type), { recursive: true });
    writeWhole(this.fileOf(resource), JSON.stringify(resource, undefined, 1));
  }

  remove(resource: CloudResource): void {
    rmSync(this.fileOf(resource), { force: true });
  }

  log(call: CloudCall): void {
    appendFileSync(join(this.folder, "calls.jsonl"), `${JSON.stringify(call)}\n`);
  }

  calls(): CloudCall[] {
    const file = join(this.folder, "calls.jsonl");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as CloudCall);
  }

  settings(): CloudSettings {
    const file = join(this.folder, "settings.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as CloudSettings) : {};
  }

  setSettings(settings: CloudSettings): void {
    writeWhole(join(this.folder, "settings.json"), JSON.stringify(settings));
  }

  private folderOf(type: string): string {
    return join(this.folder, "resources", encodeURIComponent(type));
  }

  /** Ids may be longer than a file's name, and hold slashes. */
  private fileOf({ type, account, region, id }: CloudResource): string {
    const key = createHash("sha256").update([account, region, id].join("\n")).digest("hex").slice(0, 32);
    return join(this.folderOf(type), `${key}.json`);
  }
}

/** A reader sees the old text or the new one. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

export function attributeText(resource: { readonly attributes: Properties }, name: string): string {
  const value = resource.attributes[name];
  return typeof value === "string" ? value : "";
}
