import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../engine/core/database-connection.js";
import { placeOf } from "./aws-place.js";
import { createCluster } from "./database/aurora-cluster.js";
import { refusedChanges, WAYS } from "./database/changes.js";
import { databaseFaults } from "./database/check-settings.js";
import { connectionTo } from "./database/connection.js";
import { createMonitoringRole } from "./database/monitoring-role.js";
import type { PersistentDatabaseArgs } from "./database/persistent-database-args.js";
import { createInstance } from "./database/rds-instance.js";
import {
  activeOf,
  AURORA,
  ownIdentifier,
  resolveGenerations,
  resolveSettings,
  type NamedGeneration,
} from "./database/resolve-settings.js";
import { keepLost } from "./database/lost-generation.js";
import type { DatabaseServer, ServerContext, ServerSettings } from "./database/server.js";
import { refuse } from "./fault.js";
import { Guard } from "./guard.js";
import { pinnedOptions } from "./pinned-inputs.js";
import { tagsOf } from "./tags.js";

export type { DatabaseGeneration } from "./database/generation.js";
export type { PersistentDatabaseArgs } from "./database/persistent-database-args.js";
export type { DatabaseParameter, ServerlessCapacity } from "./database/server.js";

const CLASS = "PersistentDatabase";

/**
 * PostgreSQL on AWS that no deploy replaces, deletes or forgets: an RDS instance, or an Aurora cluster. What cannot be changed in
 * place is refused in the preview, with the way that works.
 *
 * @throws RunError for arguments that RDS would not accept, with all faults at once, before anything is made
 */
export class PersistentDatabase extends pulumi.ComponentResource {
  /** Of the active generation, as the master user; its password is in the secret that RDS keeps. */
  readonly connection: pulumi.Output<DatabaseConnection>;
  /** Of the active DB instance or cluster. */
  readonly arn: pulumi.Output<string>;
  /** DBInstanceIdentifier or DBClusterIdentifier. */
  readonly identifier: pulumi.Output<string>;
  /** DbiResourceId or DbClusterResourceId. */
  readonly resourceId: pulumi.Output<string>;
  /** Of every active server: the instance, or the cluster's members. */
  readonly instanceIdentifiers: pulumi.Output<string[]>;
  /** Undefined where the engine is no Aurora. */
  readonly clusterIdentifier: pulumi.Output<string | undefined>;
  /** The secret of the master user; RDS makes it, keeps it and rotates it every 7 days. */
  readonly masterSecretArn: pulumi.Output<string>;
  /** Where readers listen; undefined where there are none. */
  readonly readerHost: pulumi.Output<string | undefined>;

  constructor(name: string, args: PersistentDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = resolveSettings(args);
    const generations = resolveGenerations(name, args);
    refuse(CLASS, name, databaseFaults(args, settings, generations));
    const { region } = placeOf(opts);
    const shown = { ...args, ...settings, protection: args.protection ?? "full", region };
    super(
      `holdfast:index:${CLASS}`,
      name,
      { ...shown, ownIdentifier: ownIdentifier(name) },
      pinnedOptions(CLASS, name, WAYS, opts, refusedChanges),
    );
    const server = this.createServers(name, args, settings, generations);
    this.connection = connectionTo(server, settings, args.ownerRole ?? "app_owner");
    this.arn = server.arn;
    this.identifier = server.identifier;
    this.resourceId = server.resourceId;
    this.instanceIdentifiers = server.instanceIdentifiers;
    this.clusterIdentifier = server.clusterIdentifier;
    this.masterSecretArn = server.masterSecretArn;
    this.readerHost = server.readerHost;
    this.registerOutputs({ ...server, connection: this.connection });
  }

  /** Every generation, each under a name of its own; gives the active one. */
  private createServers(
    name: string,
    args: PersistentDatabaseArgs,
    settings: ServerSettings,
    generations: readonly NamedGeneration[],
  ): DatabaseServer {
    const guard = new Guard(this, name, args);
    const tags = tagsOf(name, args.tags);
    const monitoringRoleArn = createMonitoringRole(this, name, tags);
    const create = settings.engine === AURORA ? createCluster : createInstance;
    const servers = new Map<string, DatabaseServer>();
    for (const generation of generations) {
      const { identifier, id: importId, lost, engineVersion = settings.engineVersion } = generation;
      const context: ServerContext = {
        component: this,
        guard,
        name: `${name}-${generation.name}`,
        identifier,
        importId,
        makesLogGroups: lost !== undefined || !isLostBefore(generation, generations),
        settings: { ...settings, engineVersion, allowsMajorUpgrade: args.majorUpgrade === engineVersion },
        tags,
        monitoringRoleArn,
      };
      if (lost === undefined) servers.set(generation.name, create(context));
      else keepLost(context, lost);
    }
    const active = servers.get(activeOf(args, generations).name);
    if (active === undefined) throw new Error("the active generation was checked not to be lost");
    return active;
  }
}

/** Whether one of the same identifier was lost, whose log groups are there. */
function isLostBefore({ identifier }: NamedGeneration, generations: readonly NamedGeneration[]): boolean {
  return generations.some((other) => other.lost !== undefined && other.identifier === identifier);
}
