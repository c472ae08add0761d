import type * as pulumi from "@pulumi/pulumi";
import { BackupPlan } from "../../../components/backup-plan.js";
import { DatabaseAlarms } from "../../../components/database-alarms.js";
import { DatabaseNetwork } from "../../../components/database-network.js";
import { DatabaseSecrets } from "../../../components/database-secrets.js";
import { EncryptionKey } from "../../../components/encryption-key.js";
import { FileStorage } from "../../../components/file-storage.js";
import { PersistentDatabase } from "../../../components/persistent-database.js";
import { ACCOUNT } from "../../support/cloud.js";
import type { ComponentName } from "./control-row.js";

/** What the other components are made with. */
export interface Ground {
  readonly key: EncryptionKey;
  readonly network: DatabaseNetwork;
  readonly rds: PersistentDatabase;
  readonly aurora: PersistentDatabase;
}

type MakeComponent = (name: string, ground: Ground, opts?: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

/** A production stack's components, each with nothing but what it cannot do without: their own defaults are what is looked at. */
export const COMPONENTS: Readonly<Record<ComponentName, MakeComponent>> = {
  key: (name, _, opts) => createKey(name, opts),
  network: (name, _, opts) => createNetwork(name, opts),
  rds: (name, ground, opts) => createDatabase(name, ground, "postgres", opts),
  aurora: (name, ground, opts) => createDatabase(name, ground, "aurora-postgresql", opts),
  secrets: (name, { key, network, rds }, opts) =>
    new DatabaseSecrets(
      name,
      {
        connection: rds.connection,
        keyArn: key.arn,
        roles: [{ name: "reports" }],
        administrators: [`arn:aws:iam::${ACCOUNT}:role/administrator`],
        subnetIds: network.subnetIds,
        securityGroupIds: [network.clientSecurityGroupId],
      },
      opts,
    ),
  backup: (name, { key, rds, aurora }, opts) =>
    new BackupPlan(name, { databaseArns: [rds.arn, aurora.arn], keyArn: key.arn }, opts),
  alarms: (name, { key, aurora }, opts) =>
    new DatabaseAlarms(name, { instanceIdentifiers: [], clusterIdentifier: aurora.identifier, keyArn: key.arn }, opts),
  files: (name, { key }, opts) => new FileStorage(name, { kind: "s3", keyArn: key.arn }, opts),
};

/** One of each, under its own name. */
export function createComponents(): Ground {
  const key = createKey("key");
  const network = createNetwork("network");
  const rds = createDatabase("rds", { key, network }, "postgres");
  const aurora = createDatabase("aurora", { key, network }, "aurora-postgresql");
  const ground = { key, network, rds, aurora };
  for (const name of ["secrets", "backup", "alarms", "files"] as const) COMPONENTS[name](name, ground);
  return ground;
}

function createKey(name: string, opts?: pulumi.ComponentResourceOptions): EncryptionKey {
  return new EncryptionKey(name, {}, opts);
}

function createNetwork(name: string, opts?: pulumi.ComponentResourceOptions): DatabaseNetwork {
  return new DatabaseNetwork(name, { cidrBlock: "10.0.0.0/20" }, opts);
}

function createDatabase(
  name: string,
  { key, network }: Pick<Ground, "key" | "network">,
  engine: string,
  opts?: pulumi.ComponentResourceOptions,
): PersistentDatabase {
  const { subnetGroupName, securityGroupId } = network;
  return new PersistentDatabase(
    name,
    { engine, keyArn: key.arn, subnetGroupName, securityGroupIds: [securityGroupId] },
    opts,
  );
}
