import { isConnection, isKeyArn } from "../check-values.js";
import type { Fault } from "../fault.js";
import type { DatabaseSecretsArgs, PasswordRoleArgs } from "./database-secrets-args.js";

/** AWS Security Hub, SecretsManager.4: a secret is rotated at least this often. */
const LONGEST_ROTATION_DAYS = 90;
const MOST_ROLES = 20;

/** Everything that is wrong with the arguments that are known before a deploy. */
export function databaseSecretsFaults(args: DatabaseSecretsArgs, functionName: string): Fault[] {
  const { roles = [], keyArn } = args;
  return [
    ...isConnection(args.connection, "give PersistentDatabase.connection"),
    ...isKeyArn("keyArn", keyArn),
    ...roles.flatMap((role, index) => roleFaults(role, `roles[${index}]`)),
    ...repeatedFaults(roles),
    ...(roles.length > MOST_ROLES ? [tooMany(roles.length)] : []),
    ...(roles.length === 0 ? [] : [...neededFaults(args), ...functionNameFaults(functionName)]),
    ...principalFaults("administrators", args.administrators),
  ];
}

function roleFaults({ name, rotationDays, readers }: PasswordRoleArgs, at: string): Fault[] {
  return [
    ...nameFaults(`${at}.name`, name),
    ...rotationFaults(`${at}.rotationDays`, rotationDays),
    ...principalFaults(`${at}.readers`, readers),
  ];
}

/** What AWS and PostgreSQL keep for themselves. */
const RESERVED = /^(pg_|rds|aws)|^(public|none|postgres)$/;

function nameFaults(property: string, name: string): Fault[] {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name) && !RESERVED.test(name)) return [];
  const allowed = "1 to 63 lower-case letters, digits and _, beginning with a letter, and none of a system's names";
  return [{ property, value: name, allowed, way: "rename the role in DatabaseAccess and here" }];
}

function rotationFaults(property: string, days: number | undefined): Fault[] {
  if (days === undefined || (Number.isInteger(days) && days >= 1 && days <= LONGEST_ROTATION_DAYS)) return [];
  return [
    { property, value: days, allowed: `1 to ${LONGEST_ROTATION_DAYS} days`, way: "give whole days in that range" },
  ];
}

function repeatedFaults(roles: readonly PasswordRoleArgs[]): Fault[] {
  const repeated = roles.filter(({ name }, index) => roles.findIndex((other) => other.name === name) !== index);
  return repeated.map(({ name }) => {
    return { property: "roles", value: name, allowed: "each role once", way: "put the readers of both into one" };
  });
}

function tooMany(count: number): Fault {
  const way = "let clients that can use IAM tokens do so, and give the others a second DatabaseSecrets";
  return { property: "roles", value: count, allowed: `at most ${MOST_ROLES} roles`, way };
}

function neededFaults(args: DatabaseSecretsArgs): Fault[] {
  const needed = {
    administrators: "name the IAM roles that run holdfast secret create: without one no password could ever be made",
    subnetIds: "give DatabaseNetwork.subnetIds: the rotation runs beside the database",
    securityGroupIds: "give [DatabaseNetwork.clientSecurityGroupId]: its members reach the database",
  } as const;
  return (Object.keys(needed) as (keyof typeof needed)[])
    .filter((property) => args[property] === undefined || isEmpty(args[property]))
    .map((property) => {
      return { property, value: args[property], allowed: "at least one, where there are roles", way: needed[property] };
    });
}

/** Lambda API reference, CreateFunction. */
function functionNameFaults(functionName: string): Fault[] {
  if (/^[\w-]{1,64}$/.test(functionName)) return [];
  const property = "the rotation function's name (<project>-<stack>-<name>-rotation)";
  const allowed = "1 to 64 letters, digits, - and _";
  return [{ property, value: functionName, allowed, way: "give the component a shorter name" }];
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

const PRINCIPAL = /^arn:aws[\w-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/;

/** Those that are known; the others AWS judges. */
function principalFaults(property: string, value: unknown): Fault[] {
  const known: unknown[] = Array.isArray(value) ? value : [];
  const wrong = known.filter((arn) => typeof arn === "string" && !PRINCIPAL.test(arn));
  return wrong.map((arn) => {
    const way = "name each one in full: a wildcard or a whole account would let in who comes later";
    return { property, value: arn, allowed: "ARNs of IAM roles and users", way };
  });
}
