import { isOneOf } from "../check-values.js";
import type { Fault } from "../fault.js";
import { isIdentifier } from "./identifier.js";
import type { PersistentDatabaseArgs } from "./persistent-database-args.js";
import type { NamedGeneration } from "./resolve-settings.js";

export function generationFaults(args: PersistentDatabaseArgs, generations: readonly NamedGeneration[]): Fault[] {
  const names = generations.map(({ name }) => name);
  if (names.length === 0) {
    return [{ property: "databases", value: [], allowed: "at least one", way: "leave it out for a single database" }];
  }
  return [
    ...isOneOf("active", args.active, names, "name one of databases"),
    ...generations.flatMap((generation, index) => faultsOf(generation, `databases[${String(index)}]`, generations)),
    ...activeFaults(args, generations),
  ];
}

function faultsOf(
  { name, identifier, id, lost }: NamedGeneration,
  at: string,
  all: readonly NamedGeneration[],
): Fault[] {
  const faults: Fault[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(name) || all.filter((one) => one.name === name).length > 1) {
    const allowed = 'letters, digits and "-", and no other generation\'s';
    faults.push({ property: `${at}.name`, value: name, allowed, way: "choose another name" });
  }
  if (!isIdentifier(identifier)) {
    const allowed = "1 to 63 lower-case letters, digits and single hyphens, a letter first, no hyphen last";
    faults.push({ property: `${at}.identifier`, value: identifier, allowed, way: "choose another identifier" });
  }
  if (all.filter((one) => one.identifier === identifier && one.lost === undefined).length > 1 && lost === undefined) {
    const way = 'say which one is lost: lost: "<its id>"';
    faults.push({ property: `${at}.identifier`, value: identifier, allowed: "no other generation's", way });
  }
  if (id !== undefined && lost !== undefined) {
    const way = "name the restored database in a generation of its own";
    faults.push({ property: `${at}.lost`, value: lost, allowed: "unset beside id", way });
  }
  return faults;
}

function activeFaults({ active }: PersistentDatabaseArgs, generations: readonly NamedGeneration[]): Fault[] {
  const chosen = generations.find(({ name }) => name === active) ?? generations.at(-1);
  if (chosen?.lost === undefined) return [];
  const way = "adopt the restored database as a generation and make that one active";
  return [{ property: "active", value: chosen.name, allowed: "a generation that is not lost", way }];
}
