import { readFile } from "node:fs/promises";
import {
  findLocalInstance,
  findRegistered,
  findRegisteredAddress,
  HoldfastError,
  listLocalInstances,
  listRegistered,
  nearestName,
  openDatabase,
  startLocalInstance,
  type ConnectionSettings,
  type DatabaseConnection,
  type LocalInstance,
} from "../engine/index.js";
import { readDatabaseUrl } from "./database-url.js";
import { catalogueProjectOf } from "./catalogue-project.js";
import type { ListedInstance } from "./instance-list.js";
import { findPlace, type Place } from "./place.js";
import { stacksOf } from "./project.js";

/** A database a command works on, with what is known about it before anything is asked of it. */
export interface Target {
  /** As a person names it. */
  readonly name: string;
  readonly connection: ConnectionSettings;
  /** It was given by an address, not by a name. */
  readonly isAddress: boolean;
  /** Whether a password is at hand, so that none is asked for. */
  readonly hasPassword: boolean;
  /** Set for an embedded database of this machine. */
  readonly local: LocalInstance | undefined;
  /** Set for a database of RDS or Aurora. */
  readonly aws?: DatabaseConnection | undefined;
  /** The stack it takes its migrations from; unset where there is none. */
  readonly promotedFrom?: string | undefined;
  /** Its entry of holdfast.json; empty where it has none. */
  readonly listed: ListedInstance;
  readonly place: Place;
}

export interface TargetFlags {
  readonly url?: string;
  readonly "session-proxy"?: boolean;
}

/** Flags of every command that connects. */
export const CONNECTION_FLAGS = {
  url: { type: "string", value: "URL", about: "postgres://user@host:port/database, in place of an instance" },
  "session-proxy": { type: "boolean", about: "a pooler in between gives each client a session of its own" },
} as const;

/**
 * The one database a command is meant for: the instance that is named, else --url, else DATABASE_URL. A stopped local one is
 * not started yet.
 *
 * @throws HoldfastError unknown_instance, invalid_usage, invalid_config
 */
export async function findTarget(name: string | undefined, flags: TargetFlags): Promise<Target> {
  const place = findPlace();
  const address = process.env["DATABASE_URL"] ?? "";
  if (flags.url !== undefined) return urlTarget(place, flags.url, { name: "--url", mayHoldPassword: false }, flags);
  if (name !== undefined) return withProxy(await namedTarget(place, name), flags);
  if (address !== "") return urlTarget(place, address, { name: "DATABASE_URL", mayHoldPassword: true }, flags);
  throw await noneNamed(place);
}

/** Whether one database is named or addressed; otherwise commands that only look take all of the project. */
export function isOneMeant(name: string | undefined, flags: TargetFlags): boolean {
  return name !== undefined || flags.url !== undefined || (process.env["DATABASE_URL"] ?? "") !== "";
}

/** All databases of the project: the entries of holdfast.json, and the local ones. By name. */
export async function findTargets(): Promise<Target[]> {
  const place = findPlace();
  const locals = await localsOf(place);
  const names = new Set([...locals.map(({ name }) => name), ...Object.keys(place.list?.instances ?? {})]);
  return Promise.all([...names].sort().map((name) => namedTarget(place, name)));
}

/** Stacks and restored databases of this project that are elsewhere: to ask one takes a login, of a stack Pulumi's, and a second. */
export async function findOtherStacks(): Promise<string[]> {
  const place = findPlace();
  const locals = (await localsOf(place)).map(({ name }) => name);
  const known = new Set([...locals, ...Object.keys(place.list?.instances ?? {})]);
  return [...stacksOf(place.project), ...(await registeredOf(place))].filter((name) => !known.has(name));
}

/** Starts the embedded server where it is stopped, for example after a reboot. @throws HoldfastError server_not_started */
export async function wake({ local }: Target): Promise<void> {
  if (local !== undefined) await startLocalInstance(local);
}

async function namedTarget(place: Place, name: string): Promise<Target> {
  const instances = place.list?.instances ?? {};
  const listed = Object.hasOwn(instances, name) ? instances[name] : undefined;
  if (listed?.url !== undefined) {
    const source = { name: `instances.${name}.url in ${place.project.listFile ?? ""}`, mayHoldPassword: false };
    const { settings } = readDatabaseUrl(listed.url, source);
    return {
      place,
      name,
      listed,
      local: undefined,
      isAddress: false,
      hasPassword: false,
      connection: { ...settings, ...settingsOf(listed) },
    };
  }
  const local = await findLocal(place, name);
  if (local !== undefined) return localTarget(place, local, listed ?? {});
  if (stacksOf(place.project).includes(name)) return stackTarget(place, name, listed ?? {});
  const registered = await registeredTarget(place, name, listed ?? {});
  if (registered !== undefined) return registered;
  const restored = await restoredTarget(place, name, listed ?? {});
  if (restored !== undefined) return restored;
  throw await unknown(place, name);
}

/** A database that was restored from a dump on the server of an entry of holdfast.json, or of an address. */
async function restoredTarget(place: Place, name: string, listed: ListedInstance): Promise<Target | undefined> {
  const project = catalogueProjectOf(place, false);
  if (!isFolderName(name)) return undefined;
  const found = await findRegisteredAddress({ project, name });
  if (found === undefined) return undefined;
  const connection = { ...found.connection, ...settingsOf(listed) };
  return { place, name, listed, isAddress: false, hasPassword: false, local: undefined, connection };
}

/** A database on AWS that was restored beside that of a stack, by the name it was given. */
async function registeredTarget(place: Place, name: string, listed: ListedInstance): Promise<Target | undefined> {
  const [first = "", second] = name.split("/");
  const project = second === undefined ? place.project.name : first;
  const own = second ?? first;
  if (project === undefined || !isFolderName(project, own)) return undefined;
  const found = await findRegistered({ project, name: own });
  return found === undefined ? undefined : openTarget(place, name, listed, found);
}

/** A stack of this project whose database is elsewhere, or was on another machine. */
async function stackTarget(place: Place, name: string, listed: ListedInstance): Promise<Target> {
  const { readStackInstance } = await import("./stack-instance.js");
  const { connection, promotedFrom } = await readStackInstance(place.project, name);
  return { ...(await openTarget(place, name, listed, { connection })), promotedFrom };
}

async function openTarget(
  place: Place,
  name: string,
  listed: ListedInstance,
  found: { readonly connection: DatabaseConnection },
): Promise<Target> {
  const opened = await openDatabase(found.connection, listed.schema);
  const connection = { ...opened.connection, ...settingsOf(listed) };
  const { local, aws } = opened;
  return { place, name, listed, isAddress: false, hasPassword: true, local, aws, connection };
}

function localTarget(place: Place, local: LocalInstance, listed: ListedInstance): Target {
  const { host, port, database, user, ownerRole, passwordFile } = local;
  // Read when a session is opened: a password is never held longer than it takes to log in.
  const password = async (): Promise<string> => (await readFile(passwordFile, "utf8")).trim();
  const connection = { host, port, database, user, password, ownerRole, ...settingsOf(listed) };
  return { place, name: local.name, local, listed, hasPassword: true, isAddress: false, connection };
}

function urlTarget(
  place: Place,
  url: string,
  source: Parameters<typeof readDatabaseUrl>[1],
  flags: TargetFlags,
): Target {
  const { settings, password } = readDatabaseUrl(url, source);
  const connection = { ...settings, ...(password !== undefined && { password }) };
  const name = `${settings.host}:${settings.port}/${settings.database}`;
  const hasPassword = password !== undefined;
  return withProxy({ place, name, local: undefined, listed: {}, hasPassword, isAddress: true, connection }, flags);
}

function withProxy(target: Target, flags: TargetFlags): Target {
  if (flags["session-proxy"] !== true) return target;
  return { ...target, connection: { ...target.connection, isSessionProxy: true } };
}

function settingsOf({ schema, ownerRole, sessionProxy }: ListedInstance): Partial<ConnectionSettings> {
  return {
    ...(schema !== undefined && { schema }),
    ...(ownerRole !== undefined && { ownerRole }),
    ...(sessionProxy === true && { isSessionProxy: true }),
  };
}

/** `dev` of this project, or `shop/dev` of another one. Outside a project a name that occurs once is enough. */
async function findLocal({ project }: Place, name: string): Promise<LocalInstance | undefined> {
  const [first = "", second] = name.split("/");
  if (second !== undefined)
    return isFolderName(first, second) ? findLocalInstance({ project: first, name: second }) : undefined;
  if (!isFolderName(first)) return undefined;
  if (project.name !== undefined) return findLocalInstance({ project: project.name, name });
  const found = (await listLocalInstances()).filter((instance) => instance.name === name);
  if (found.length <= 1) return found[0];
  throw new HoldfastError("unknown_instance", `${found.length} projects have a local database "${name}".`, {
    next: `Name one of them: ${found.map((instance) => `${instance.project}/${instance.name}`).join(", ")}.`,
  });
}

/** What can be a folder below the data root at all; anything else is simply unknown. */
function isFolderName(...names: string[]): boolean {
  return names.every(
    (name) =>
      /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) && !["backups", "incidents", "pulumi", "binaries"].includes(name),
  );
}

/** Outside a project they are named `project/name`, and not listed. */
async function registeredOf({ project }: Place): Promise<string[]> {
  return project.name === undefined ? [] : listRegistered(project.name);
}

async function localsOf({ project }: Place): Promise<LocalInstance[]> {
  return listLocalInstances(project.name === undefined ? {} : { project: project.name });
}

async function knownNames(place: Place): Promise<string[]> {
  const locals = (await localsOf(place)).map(({ project, name }) =>
    place.project.name === undefined ? `${project}/${name}` : name,
  );
  const elsewhere = [...stacksOf(place.project), ...(await registeredOf(place))];
  return [...new Set([...locals, ...Object.keys(place.list?.instances ?? {}), ...elsewhere])].sort();
}

async function unknown(place: Place, name: string): Promise<HoldfastError> {
  const names = await knownNames(place);
  const nearest = nearestName(name, names);
  const meant = nearest === undefined ? "" : `Did you mean ${nearest}? `;
  return new HoldfastError("unknown_instance", `There is no instance "${name}".`, {
    next: `${meant}${whereToLook(place, names)}`,
  });
}

async function noneNamed(place: Place): Promise<HoldfastError> {
  return new HoldfastError("unknown_instance", "No instance is named.", {
    next: whereToLook(place, await knownNames(place)),
  });
}

function whereToLook({ project }: Place, names: readonly string[]): string {
  if (names.length > 0) return `Known here: ${names.join(", ")}. Or give --url, or set DATABASE_URL.`;
  const where =
    project.name === undefined && project.listFile === undefined
      ? `${project.root} has neither Pulumi.yaml nor holdfast.json`
      : `${project.root} has none yet`;
  return `${where}: run it in the project's folder, or npm start first. Or give --url, or set DATABASE_URL.`;
}
