import type * as pulumi from "@pulumi/pulumi";
import { BackupPlan } from "../../../components/backup-plan.js";
import { DatabaseAlarms } from "../../../components/database-alarms.js";
import { DatabaseNetwork } from "../../../components/database-network.js";
import { DatabaseSecrets } from "../../../components/database-secrets.js";
import { EncryptionKey } from "../../../components/encryption-key.js";
import { FileStorage } from "../../../components/file-storage.js";
import { PersistentDatabase } from "../../../components/persistent-database.js";
import { ACCOUNT, REGION } from "../../support/cloud.js";
import type { ComponentName } from "./control-row.js";

/** What every other component is made with. */
export interface Ground {
  readonly key: EncryptionKey;
  readonly network: DatabaseNetwork;
}

export function createGround(): Ground {
  return { key: createKey("key"), network: createNetwork("network") };
}

type MakeComponent = (name: string, ground: Ground, opts?: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

/** A production stack's components, each with nothing but what it cannot do without: their own defaults are what is looked at. */
export const COMPONENTS: Readonly<Record<ComponentName, MakeComponent>> = {
  key: (name, _, opts) => createKey(name, opts),
  network: (name, _, opts) => createNetwork(name, opts),
  rds: (name, ground, opts) => new PersistentDatabase(name, databaseArgs(ground), opts),
  aurora: (name, ground, opts) =>
    new PersistentDatabase(name, { ...databaseArgs(ground), engine: "aurora-postgresql" }, opts),
  secrets: (name, { key, network }, opts) =>
    new DatabaseSecrets(
      name,
      {
        connection: {
          kind: "rds",
          project: "shop",
          instance: "prod",
          resourceId: "db-1",
          host: "main.example.com",
          port: 5433,
          database: "app",
          user: "holdfast_admin",
          authentication: "secret",
          secretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!db-1`,
          region: REGION,
        } as never,
        keyArn: key.arn,
        roles: [{ name: "reports" }],
        administrators: [`arn:aws:iam::${ACCOUNT}:role/administrator`],
        subnetIds: network.subnetIds,
        securityGroupIds: [network.clientSecurityGroupId],
      },
      opts,
    ),
  backup: (name, { key }, opts) =>
    new BackupPlan(
      name,
      {
        databaseArns: [databaseArn("db", "shop-prod-rds"), databaseArn("cluster", "shop-prod-aurora")],
        keyArn: key.arn,
      },
      opts,
    ),
  alarms: (name, { key }, opts) =>
    new DatabaseAlarms(name, { instanceIdentifiers: [], clusterIdentifier: "shop-prod-aurora", keyArn: key.arn }, opts),
  files: (name, { key }, opts) => new FileStorage(name, { kind: "s3", keyArn: key.arn }, opts),
};

function createKey(name: string, opts?: pulumi.ComponentResourceOptions): EncryptionKey {
  return new EncryptionKey(name, {}, opts);
}

function createNetwork(name: string, opts?: pulumi.ComponentResourceOptions): DatabaseNetwork {
  return new DatabaseNetwork(name, { cidrBlock: "10.0.0.0/20" }, opts);
}

function databaseArgs({ key, network }: Ground) {
  return { keyArn: key.arn, subnetGroupName: network.subnetGroupName, securityGroupIds: [network.securityGroupId] };
}

function databaseArn(kind: string, identifier: string): string {
  return `arn:aws:rds:${REGION}:${ACCOUNT}:${kind}:${identifier}`;
}
