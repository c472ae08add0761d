import * as pulumi from "@pulumi/pulumi";
import type { DatabaseGeneration } from "./generation.js";
import { identifierOf } from "./identifier.js";
import { parametersWith } from "./parameters.js";
import type { PersistentDatabaseArgs } from "./persistent-database-args.js";
import type { ServerSettings } from "./server.js";

export const AURORA = "aurora-postgresql";

export const FIRST_GENERATION = "main";

/** The arguments with every default of ours: nothing that matters is left to the provider, whose defaults move. */
export function resolveSettings(args: PersistentDatabaseArgs): ServerSettings {
  const engine = args.engine ?? "postgres";
  const engineVersion = args.engineVersion ?? "17";
  const allocatedStorage = args.allocatedStorage ?? 100;
  return {
    engine,
    engineVersion,
    allowsMajorUpgrade: args.majorUpgrade === engineVersion,
    databaseName: args.databaseName ?? "app",
    masterUsername: args.masterUsername ?? "holdfast_admin",
    port: args.port ?? 5433,
    instanceClass: args.instanceClass ?? (engine === AURORA ? "db.r7g.large" : "db.m7g.large"),
    multiAz: args.multiAz ?? true,
    allocatedStorage,
    maxAllocatedStorage: args.maxAllocatedStorage ?? Math.min(65_536, Math.max(1000, 2 * allocatedStorage)),
    storageType: args.storageType ?? (engine === AURORA ? "aurora" : "gp3"),
    iops: args.iops,
    storageThroughput: args.storageThroughput,
    readers: args.readers ?? 1,
    serverless: args.serverless,
    backupRetentionDays: args.backupRetentionDays ?? (isProduction(args) ? 35 : 7),
    backupWindow: args.backupWindow ?? "03:00-03:30",
    maintenanceWindow: args.maintenanceWindow ?? "sun:04:00-sun:04:30",
    monitoringInterval: args.monitoringInterval ?? 60,
    performanceInsightsRetentionDays: args.performanceInsightsRetentionDays ?? 7,
    parameters: parametersWith(args.parameters ?? []),
    keyArn: args.keyArn,
    subnetGroupName: args.subnetGroupName,
    securityGroupIds: args.securityGroupIds,
    caCertIdentifier: args.caCertIdentifier ?? "rds-ca-rsa2048-g1",
    applyImmediately: args.applyImmediately ?? true,
  };
}

export function isProduction({ environment = pulumi.getStack() }: PersistentDatabaseArgs): boolean {
  return ["prod", "production"].includes(environment);
}

/** A generation with its identifier. */
export type NamedGeneration = DatabaseGeneration & { readonly identifier: string };

export function resolveGenerations(name: string, args: PersistentDatabaseArgs): NamedGeneration[] {
  const databases = args.databases ?? [{ name: FIRST_GENERATION }];
  return databases.map((generation, index) => ({
    ...generation,
    identifier:
      generation.identifier ?? (index === 0 ? args.identifier : undefined) ?? ownIdentifier(name, generation.name),
  }));
}

/** What a database is called in AWS unless the program says otherwise. */
export function ownIdentifier(name: string, generation: string = FIRST_GENERATION): string {
  const base = [pulumi.getProject(), pulumi.getStack(), name];
  return identifierOf(...(generation === FIRST_GENERATION ? base : [...base, generation]));
}

export function activeOf({ active }: PersistentDatabaseArgs, generations: readonly NamedGeneration[]): NamedGeneration {
  const chosen = generations.find(({ name }) => name === active) ?? generations.at(-1);
  if (chosen === undefined) throw new Error("a list of databases was checked to hold one");
  return chosen;
}
