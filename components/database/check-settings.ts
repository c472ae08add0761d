/**
 * What RDS accepts, told before anything is made. Ranges from the AWS documentation of RDS for PostgreSQL (storage types, backup
 * retention, monitoring, insights, limits of names) and from the provider's own validation.
 */
import { breakGlassFaults } from "../break-glass.js";
import { isFilledList, isGiven, isIntegerBetween, isKeyArn, isOneOf, isProtection } from "../check-values.js";
import type { Fault } from "../fault.js";
import { clusterFaults } from "./check-cluster.js";
import { generationFaults } from "./check-generations.js";
import { FIXED_PARAMETERS } from "./parameters.js";
import type { PersistentDatabaseArgs } from "./persistent-database-args.js";
import { AURORA, isProduction, type NamedGeneration } from "./resolve-settings.js";
import type { ServerSettings } from "./server.js";
import { storageFaults } from "./check-storage.js";
import { windowFaults } from "./windows.js";

export function databaseFaults(
  args: PersistentDatabaseArgs,
  settings: ServerSettings,
  generations: readonly NamedGeneration[],
): Fault[] {
  return [
    ...placeFaults(args),
    ...isOneOf("engine", settings.engine, ["postgres", AURORA], "leave it out for RDS for PostgreSQL"),
    ...versionFaults(args, settings),
    ...nameFaults(settings),
    ...classFaults(settings),
    ...portFaults(settings),
    ...(settings.engine === AURORA
      ? auroraFaults(args, generations)
      : [...onlyAuroraFaults(args), ...storageFaults(args, settings)]),
    ...retentionFaults(settings),
    ...windowFaults(settings.backupWindow, settings.maintenanceWindow),
    ...monitoringFaults(settings),
    ...parameterFaults(args),
    ...generationFaults(args, generations),
    ...protectionFaults(args),
    ...breakGlassFaults(args.breakGlass ?? []),
  ];
}

/** Without these RDS takes its own key, the default VPC and that one's group, which lets every member in. */
function placeFaults({ keyArn, subnetGroupName, securityGroupIds }: PersistentDatabaseArgs): Fault[] {
  const network = "give that of a DatabaseNetwork";
  return [
    ...isKeyArn("keyArn", keyArn),
    ...isGiven("subnetGroupName", subnetGroupName, "the name of a DB subnet group", `${network}: subnetGroupName`),
    ...isFilledList("securityGroupIds", securityGroupIds, "a list of security groups", `${network}: [securityGroupId]`),
  ];
}

function versionFaults(args: PersistentDatabaseArgs, { engineVersion, applyImmediately }: ServerSettings): Fault[] {
  const own = (args.databases ?? []).map(({ engineVersion: version }, index) => ({
    property: `databases[${String(index)}].engineVersion`,
    value: version,
  }));
  const versions = [{ property: "engineVersion", value: engineVersion }, ...own].filter(
    ({ value }) => value !== undefined,
  );
  const allowed = 'a major version of 14 or later, such as "17"';
  const way =
    "leave the minor version to AWS: with one named, the deploy after an automatic upgrade asks for a downgrade";
  const faults: Fault[] = versions
    .filter(({ value = "" }) => !/^1[4-9]$|^[2-9]\d$/.test(value))
    .map((fault) => ({ ...fault, allowed, way }));
  if (args.majorUpgrade === undefined) return faults;
  return [...faults, ...upgradeFaults(args.majorUpgrade, versions, applyImmediately)];
}

function upgradeFaults(
  majorUpgrade: string,
  versions: readonly { readonly value: string | undefined }[],
  applyImmediately: boolean,
): Fault[] {
  const faults: Fault[] = [];
  if (!versions.some(({ value }) => value === majorUpgrade)) {
    const allowed = `engineVersion, ${[...new Set(versions.map(({ value }) => `"${value ?? ""}"`))].join(" or ")}`;
    const way = "name the same version in both, or take majorUpgrade out";
    faults.push({ property: "majorUpgrade", value: majorUpgrade, allowed, way });
  }
  if (!applyImmediately) {
    const allowed = "true in a major upgrade, since the old parameter group goes in the same deploy";
    const way = "choose the time by choosing when to deploy";
    faults.push({ property: "applyImmediately", value: false, allowed, way });
  }
  return faults;
}

/** Reserved in RDS for PostgreSQL, or named by scanners (Security Hub RDS.25). */
const RESERVED_USERS = ["admin", "postgres", "rdsadmin", "rds_superuser", "rdsrepladmin", "public"];

function nameFaults({ databaseName, masterUsername }: ServerSettings): Fault[] {
  const faults: Fault[] = [];
  const word = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;
  const form = '1 to 63 letters, digits and "_", a letter first';
  if (!word.test(databaseName) || databaseName === "postgres") {
    const allowed = `${form}; not "postgres"`;
    faults.push({
      property: "databaseName",
      value: databaseName,
      allowed,
      way: "choose another name before the first deploy",
    });
  }
  if (!word.test(masterUsername) || RESERVED_USERS.includes(masterUsername.toLowerCase())) {
    const allowed = `${form}; none of ${RESERVED_USERS.join(", ")}`;
    faults.push({
      property: "masterUsername",
      value: masterUsername,
      allowed,
      way: "choose another before the first deploy",
    });
  }
  return faults;
}

function classFaults({ instanceClass }: ServerSettings): Fault[] {
  if (/^db\.[a-z0-9-]+(\.[a-z0-9-]+)?$/.test(instanceClass)) return [];
  const allowed = 'a class of RDS, such as "db.m7g.large"';
  return [{ property: "instanceClass", value: instanceClass, allowed, way: `write "db." before the class` }];
}

function portFaults({ port }: ServerSettings): Fault[] {
  const range = isIntegerBetween("port", port, 1150, 65_535, "");
  if (port !== 5432) return range;
  return [{ property: "port", value: port, allowed: "1150 to 65535, not PostgreSQL's own 5432", way: "take 5433" }];
}

function onlyAuroraFaults(args: PersistentDatabaseArgs): Fault[] {
  return (["readers", "serverless"] as const)
    .filter((property) => args[property] !== undefined)
    .map((property) => ({
      property,
      value: args[property],
      allowed: `unset with engine "postgres"`,
      way: `leave it out, or take engine "${AURORA}"`,
    }));
}

function auroraFaults(args: PersistentDatabaseArgs, generations: readonly NamedGeneration[]): Fault[] {
  const faults = generations.flatMap(({ identifier }) => clusterFaults({ ...args, identifier }));
  // Several generations have most arguments in common.
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}

function retentionFaults({ backupRetentionDays }: ServerSettings): Fault[] {
  const faults = isIntegerBetween("backupRetentionDays", backupRetentionDays, 7, 35, "days");
  const way = "keep 7 days at least: 0 would delete every automated backup; for longer than 35 use BackupPlan";
  return faults.map((fault) => ({ ...fault, way }));
}

function monitoringFaults({
  monitoringInterval,
  performanceInsightsRetentionDays,
  caCertIdentifier,
}: ServerSettings): Fault[] {
  const days = performanceInsightsRetentionDays;
  const isKept = days === 7 || days === 731 || (days > 0 && days <= 713 && days % 31 === 0);
  const authorities = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];
  return [
    ...isOneOf("monitoringInterval", monitoringInterval, [1, 5, 10, 15, 30, 60], "take 60 seconds"),
    ...isOneOf("caCertIdentifier", caCertIdentifier, authorities, "leave it out"),
    ...(isKept
      ? []
      : [
          {
            property: "performanceInsightsRetentionDays",
            value: days,
            allowed: "7, 731 or a multiple of 31",
            way: "take 7 days",
          },
        ]),
  ];
}

function parameterFaults({ parameters = [] }: PersistentDatabaseArgs): Fault[] {
  const fixed = parameters.filter(({ name }) => FIXED_PARAMETERS.includes(name));
  return [
    ...fixed.map(({ name, value }) => ({
      property: `parameters ${name}`,
      value,
      allowed: "Holdfast's own value",
      way: "take it out of the list",
    })),
    ...parameters.flatMap(({ name, applyMethod }) =>
      isOneOf(
        `parameters ${name} applyMethod`,
        applyMethod,
        ["immediate", "pending-reboot"],
        "leave it out for a dynamic one",
      ),
    ),
  ];
}

function protectionFaults(args: PersistentDatabaseArgs): Fault[] {
  if (args.protection !== "ephemeral") return isProtection(args.protection);
  const why = isProduction(args)
    ? "in production"
    : (args.databases ?? []).some(({ id, lost }) => id !== undefined || lost !== undefined)
      ? "with adopted or restored data"
      : undefined;
  if (why === undefined) return [];
  return [{ property: "protection", value: "ephemeral", allowed: `"full" ${why}`, way: "leave it out" }];
}
