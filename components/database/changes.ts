/** What a PersistentDatabase does not change in place, and the way to what was meant. */
import type { DatabaseGeneration } from "./generation.js";
import { FIRST_GENERATION } from "./resolve-settings.js";

const BESIDE =
  "Restore the database beside (holdfast restore, or point-in-time recovery) with the wish, and adopt it as a generation: databases.";

export const WAYS = {
  engine: `${BESIDE} Between RDS and Aurora: a snapshot of one can be restored as the other.`,
  databaseName:
    "It is the name the server was made with. For another one make a second database beside, fill it (pg_dump and pg_restore, or logical replication) and switch to it.",
  masterUsername:
    "The master user is made with the server. Give people and services roles of their own: DatabaseAccess.",
  keyArn: `${BESIDE} A snapshot can be copied under the other key and restored.`,
  subnetGroupName: `Another network is another server. ${BESIDE}`,
  region: `A database stays in its region; give this component a provider of the old one. To move it, ${BESIDE.toLowerCase()}`,
} as const;

type Inputs = Readonly<Record<string, unknown>>;

/** A line for each wish that cannot be met in place, beside the pinned arguments. */
export function refusedChanges(old: Inputs, wanted: Inputs): string[] {
  return [
    ...majorUpgrades(old, wanted),
    ...shrink(old["allocatedStorage"], wanted["allocatedStorage"]),
    ...loweredProtection(old["protection"], wanted["protection"]),
    ...changedGenerations(generationsOf(old), generationsOf(wanted), String(old["ownIdentifier"])),
  ];
}

/** A line for each generation that is to run on another version; of those that follow the component, one for all. */
function majorUpgrades(old: Inputs, wanted: Inputs): string[] {
  const lines = generationsOf(wanted).flatMap((wish) => {
    const present = generationsOf(old).find(({ name }) => name === wish.name);
    if (present === undefined || wish.lost !== undefined) return [];
    const isOwn = (present.engineVersion ?? wish.engineVersion) !== undefined;
    const property = isOwn ? `engineVersion of databases "${wish.name}"` : "engineVersion";
    const versions = [present.engineVersion ?? old["engineVersion"], wish.engineVersion ?? wanted["engineVersion"]];
    return majorUpgrade(property, versions[0], versions[1], wanted["majorUpgrade"]);
  });
  return [...new Set(lines)];
}

function majorUpgrade(property: string, old: unknown, wanted: unknown, request: unknown): string[] {
  if (typeof old !== "string" || old === wanted || typeof wanted !== "string") return [];
  if (Number(wanted) < Number(old)) {
    return [
      `${property} is "${old}" and cannot become "${wanted}". A major version never goes back: restore a backup from before the ` +
        `upgrade beside, and adopt it as a generation with engineVersion: "${wanted}".`,
    ];
  }
  if (request === wanted) return [];
  return [
    `${property} is "${old}" and cannot become "${wanted}" without a word more. A major upgrade interrupts the database for minutes ` +
      `and has no way back but a backup: rehearse it on a restored copy, then set majorUpgrade: "${wanted}" beside engineVersion. ` +
      `A generation that is to stay behind says so: databases: [{ name: …, engineVersion: "${old}" }].`,
  ];
}

function shrink(old: unknown, wanted: unknown): string[] {
  if (typeof old !== "number" || typeof wanted !== "number" || wanted >= old) return [];
  return [
    `allocatedStorage is ${String(old)} GiB and cannot become ${String(wanted)}. Storage never shrinks; dump into a smaller database beside, and adopt that one.`,
  ];
}

function loweredProtection(old: unknown, wanted: unknown): string[] {
  if (old !== "full" || wanted !== "ephemeral") return [];
  return [
    'protection is "full" and cannot become "ephemeral". To delete the database for good, use breakGlass: it takes two deploys.',
  ];
}

function generationsOf(inputs: Inputs): DatabaseGeneration[] {
  const databases = inputs["databases"];
  const list = Array.isArray(databases) ? (databases as DatabaseGeneration[]) : [{ name: FIRST_GENERATION }];
  const first = inputs["identifier"];
  return list.map((generation, index) =>
    index === 0 && generation.identifier === undefined && typeof first === "string"
      ? { ...generation, identifier: first }
      : generation,
  );
}

function changedGenerations(
  old: readonly DatabaseGeneration[],
  wanted: readonly DatabaseGeneration[],
  ownIdentifier: string,
): string[] {
  return wanted.flatMap((wish) => {
    const present = old.find(({ name }) => name === wish.name);
    if (present === undefined) return [];
    // What is left to us is pinned, also where the component has a new name since.
    const isKept = wish.identifier === present.identifier || wish.identifier === (present.identifier ?? ownIdentifier);
    return [
      ...(present.id === wish.id || wish.lost !== undefined
        ? []
        : [
            `databases "${wish.name}" has the id ${shown(present.id)} and cannot become ${shown(wish.id)}. ` +
              "Adopt the other database beside it, as a generation with a name of its own.",
          ]),
      ...(isKept
        ? []
        : [
            `identifier of databases "${wish.name}" is ${shown(present.identifier)} and cannot become ${shown(wish.identifier)}. ` +
              "Snapshots, logs and alarms are found by it; leave it, or restore beside under the other identifier and adopt that one.",
          ]),
    ];
  });
}

function shown(value: string | undefined): string {
  return value === undefined ? "of its own making" : `"${value}"`;
}
