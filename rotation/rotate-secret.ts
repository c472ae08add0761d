import { randomBytes } from "node:crypto";
import type { RoleCredential } from "../engine/core/role-credential.js";
import { scramVerifier } from "../engine/core/scram-verifier.js";
import { withRoleSession, type DatabaseAddress } from "./role-session.js";
import { STEPS, type RotationEvent, type Step } from "./rotation-event.js";
import { RotationFault } from "./rotation-fault.js";
import type { SecretVersions, VersionStages } from "./secret-versions.js";

export interface Rotation {
  readonly address: DatabaseAddress;
  readonly versions: SecretVersions;
}

/** What a step found or did, for the log: no value is in it. */
export type StepOutcome =
  "already current" | "already made" | "made" | "already set" | "set" | "logged in" | "no value yet" | "current now";

/**
 * One step of the rotation of one role's password: the role itself changes it. Every step looks first, so that a rotation cut
 * off anywhere converges when it is run again, under the same version or another.
 *
 * @throws RotationFault for an event that does not belong to a rotation under way, and where no known password logs in
 */
export async function rotateSecret(event: RotationEvent, rotation: Rotation): Promise<StepOutcome> {
  const step = knownStep(event.Step);
  const found = await rotation.versions.describe();
  if (isCurrent(event.ClientRequestToken, found)) return "already current";
  return RUN[step]({ ...rotation, found, version: event.ClientRequestToken, rotationToken: event.RotationToken });
}

interface Running extends Rotation {
  readonly found: VersionStages;
  readonly version: string;
  readonly rotationToken: string | undefined;
}

const RUN: Readonly<Record<Step, (running: Running) => Promise<StepOutcome>>> = {
  createSecret: makePassword,
  setSecret: setPassword,
  testSecret: tryPassword,
  finishSecret: makeCurrent,
};

function knownStep(name: string): Step {
  const step = STEPS.find((known) => known === name);
  if (step === undefined) throw new RotationFault(`"${name}" is not a step of a rotation: ${STEPS.join(", ")}.`);
  return step;
}

function isCurrent(version: string, { isRotated, stages }: VersionStages): boolean {
  if (!isRotated) throw new RotationFault("The secret is not set up to be rotated.");
  const labels = stages.get(version);
  if (labels === undefined) throw new RotationFault(`The secret has no version ${version}.`);
  if (labels.includes("AWSCURRENT")) return true;
  if (!labels.includes("AWSPENDING")) throw new RotationFault(`Version ${version} is not the one labelled AWSPENDING.`);
  return false;
}

async function makePassword({ versions, found, version, rotationToken }: Running): Promise<StepOutcome> {
  const { username } = await readCurrent(versions, found);
  if ((await versions.read(version)) !== undefined) return "already made";
  // Base64 for URLs: no character that a connection string, a shell or SASLprep (RFC 4013) would change.
  const password = randomBytes(32).toString("base64url");
  await versions.putPending({ version, credential: { username, password }, rotationToken });
  return "made";
}

async function setPassword({ address, versions, found, version }: Running): Promise<StepOutcome> {
  const current = await readCurrent(versions, found);
  const pending = await readPending(versions, version);
  if (pending.username !== current.username) {
    throw new RotationFault("The pending version names another role than the current one.");
  }
  if (await logsIn(address, pending)) return "already set";
  for await (const known of knownCredentials(versions, found, current)) {
    if (known.username === current.username && (await changePassword(address, known, pending))) return "set";
  }
  throw new RotationFault(
    `No password that the secret ever held lets ${current.username} in: it was changed elsewhere. ` +
      "`holdfast secret create` sets it on the server again.",
  );
}

/**
 * Current, then previous, then those without a label: where an earlier rotation was given up after it had changed the
 * server, only the version it left behind logs in.
 */
async function* knownCredentials(
  versions: SecretVersions,
  { stages }: VersionStages,
  current: RoleCredential,
): AsyncGenerator<RoleCredential> {
  yield current;
  const previous = labelled(stages, "AWSPREVIOUS");
  for (const version of [...(previous === undefined ? [] : [previous]), ...(await versions.withoutLabel())]) {
    const credential = await versions.read(version);
    if (credential !== undefined) yield credential;
  }
}

/**
 * Any role may change its own password (manual, "ALTER ROLE"), unless ALTER ROLE … SET role has made it another at login.
 * Sessions that are open stay so.
 */
async function changePassword(
  address: DatabaseAddress,
  known: RoleCredential,
  pending: RoleCredential,
): Promise<boolean> {
  const verifier = scramVerifier({ password: pending.password, salt: randomBytes(16) });
  const done = await withRoleSession(address, known, async (client) => {
    await client.query("SET ROLE NONE");
    await client.query(`ALTER ROLE SESSION_USER PASSWORD '${verifier}'`);
    return true;
  });
  return done ?? false;
}

/** The step also runs alone, when rotation is set up: by then the secret may not have a value. */
async function tryPassword({ address, versions, found, version }: Running): Promise<StepOutcome> {
  if (labelled(found.stages, "AWSCURRENT") === undefined) return "no value yet";
  await requireLogin(address, await readPending(versions, version));
  return "logged in";
}

/** Whoever reads the secret next must get in: the label moves only to what the server takes at this moment. */
async function makeCurrent({ address, versions, found, version }: Running): Promise<StepOutcome> {
  await requireLogin(address, await readPending(versions, version));
  await versions.makeCurrent(version, requireCurrent(found));
  return "current now";
}

async function requireLogin(address: DatabaseAddress, pending: RoleCredential): Promise<void> {
  if (await logsIn(address, pending)) return;
  throw new RotationFault(`The pending password does not let ${pending.username} in.`);
}

async function logsIn(address: DatabaseAddress, credential: RoleCredential): Promise<boolean> {
  return (await withRoleSession(address, credential, () => Promise.resolve(true))) ?? false;
}

async function readCurrent(versions: SecretVersions, found: VersionStages): Promise<RoleCredential> {
  const current = await versions.read(requireCurrent(found));
  if (current === undefined) throw withoutValue();
  return current;
}

async function readPending(versions: SecretVersions, version: string): Promise<RoleCredential> {
  const pending = await versions.read(version);
  if (pending === undefined) throw new RotationFault(`Version ${version} has no value yet: createSecret comes first.`);
  return pending;
}

function requireCurrent({ stages }: VersionStages): string {
  const version = labelled(stages, "AWSCURRENT");
  if (version === undefined) throw withoutValue();
  return version;
}

function withoutValue(): RotationFault {
  return new RotationFault("The secret has no value yet: `holdfast secret create` makes the first one.");
}

function labelled(stages: VersionStages["stages"], label: string): string | undefined {
  return [...stages].find(([, labels]) => labels.includes(label))?.[0];
}
