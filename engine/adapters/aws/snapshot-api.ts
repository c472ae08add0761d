import type { RDSClient, Tag } from "@aws-sdk/client-rds";
import type { DatabaseConnection } from "../../core/database-connection.js";
import type { AwsRequest } from "./aws-errors.js";
import { regionOf } from "./aws-settings.js";
import { tagList, tagsIn, withRds } from "./rds-client.js";

/** A snapshot as AWS describes it, of an instance or a cluster. */
export interface Snapshot {
  readonly id: string;
  readonly arn: string;
  /** `creating`, `available`, `failed`, … (RDS User Guide, "DB snapshot status"). */
  readonly status: string;
  /** 0 to 100. */
  readonly percent: number;
  readonly takenAt: Date | undefined;
  /** DbiResourceId or DbClusterResourceId of the database it was taken from. */
  readonly resourceId: string | undefined;
  readonly engineVersion: string | null;
  readonly isEncrypted: boolean;
  /** Of the database's storage. Aurora, whose storage is one for all, says 1 GiB or nothing. */
  readonly storageBytes: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** The few calls of RDS that a restore point takes, alike for both kinds of database. Each throws the SDK's own errors. */
export interface SnapshotApi {
  readonly region: string;
  /** What is asked of AWS, for an error. */
  request(verb: SnapshotVerb): AwsRequest;
  create(id: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Undefined where there is none of that id. */
  find(id: string): Promise<Snapshot | undefined>;
  /** All taken by hand or by a deploy, of the database that bears the identifier now. */
  list(): Promise<readonly Snapshot[]>;
  /** Into this region, from any. @param keyId of a key in this region, by which the copy is encrypted */
  copy(sourceArn: string, id: string, wish: CopyWish): Promise<void>;
  remove(id: string): Promise<void>;
  tag(arn: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** How many snapshots by hand this account has in this region, and may have; undefined where it does not tell. */
  quota(): Promise<Quota | undefined>;
}

export type SnapshotVerb = "create" | "describe" | "copy" | "remove" | "tag";

export interface CopyWish {
  readonly keyId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Quota {
  readonly used: number;
  readonly max: number;
}

const PAST: Readonly<Record<SnapshotVerb, string>> = {
  create: "taken",
  describe: "looked up",
  copy: "copied",
  remove: "removed",
  tag: "marked",
};

const GIB = 1024 ** 3;

/**
 * @param region default: the database's own
 * @throws HoldfastError aws_region_missing
 */
export function snapshotApi(connection: DatabaseConnection, region = regionOf(connection)): SnapshotApi {
  const calls = connection.kind === "aurora" ? clusterCalls : instanceCalls;
  const identifier = connection.identifier ?? "";
  return {
    region,
    request: (verb) => ({
      what: `The snapshot of "${connection.instance}" could not be ${PAST[verb]}`,
      action: `rds:${calls.actions[verb]}`,
      region,
    }),
    create: (id, tags) => withRds(region, (client) => calls.create(client, { identifier, id, tags: tagList(tags) })),
    find: (id) =>
      withRds(region, (client) => calls.describe(client, { id })).then(
        ([found]) => found,
        (error: unknown) => {
          if (/SnapshotNotFound/.test((error as Error).name)) return undefined;
          throw error;
        },
      ),
    list: () => withRds(region, (client) => calls.describe(client, { identifier })),
    copy: (arn, id, { keyId, tags }) =>
      withRds(region, (client) => calls.copy(client, { arn, id, keyId, tags: tagList(tags) })),
    remove: (id) => withRds(region, (client) => calls.remove(client, id)),
    tag: (arn, tags) =>
      withRds(region, async (client) => {
        const { AddTagsToResourceCommand } = await import("@aws-sdk/client-rds");
        await client.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: tagList(tags) }));
      }),
    quota: () => withRds(region, (client) => readQuota(client, calls.quota)),
  };
}

async function readQuota(client: RDSClient, name: string): Promise<Quota | undefined> {
  const { DescribeAccountAttributesCommand } = await import("@aws-sdk/client-rds");
  const { AccountQuotas = [] } = await client.send(new DescribeAccountAttributesCommand({}));
  const found = AccountQuotas.find(({ AccountQuotaName }) => AccountQuotaName === name);
  return found?.Used === undefined || found.Max === undefined ? undefined : { used: found.Used, max: found.Max };
}

interface Copied {
  readonly arn: string;
  readonly id: string;
  readonly keyId: string | undefined;
  readonly tags: Tag[];
}

interface NewSnapshot {
  readonly identifier: string;
  readonly id: string;
  readonly tags: Tag[];
}

interface Calls {
  readonly actions: Readonly<Record<SnapshotVerb, string>>;
  /** As the account's attributes call it. */
  readonly quota: string;
  create(client: RDSClient, snapshot: NewSnapshot): Promise<void>;
  describe(client: RDSClient, which: { readonly id?: string; readonly identifier?: string }): Promise<Snapshot[]>;
  copy(client: RDSClient, copied: Copied): Promise<void>;
  remove(client: RDSClient, id: string): Promise<void>;
}

const instanceCalls: Calls = {
  actions: {
    ...{ create: "CreateDBSnapshot", describe: "DescribeDBSnapshots", copy: "CopyDBSnapshot" },
    ...{ remove: "DeleteDBSnapshot", tag: "AddTagsToResource" },
  },
  quota: "ManualSnapshots",
  async copy(client, { arn, id, keyId, tags }) {
    const { CopyDBSnapshotCommand } = await import("@aws-sdk/client-rds");
    const copied = { SourceDBSnapshotIdentifier: arn, TargetDBSnapshotIdentifier: id };
    await client.send(new CopyDBSnapshotCommand({ ...copied, KmsKeyId: keyId, Tags: tags }));
  },
  async remove(client, id) {
    const { DeleteDBSnapshotCommand } = await import("@aws-sdk/client-rds");
    await client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id }));
  },
  async create(client, { identifier, id, tags }) {
    const { CreateDBSnapshotCommand } = await import("@aws-sdk/client-rds");
    await client.send(
      new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: id, Tags: tags }),
    );
  },
  async describe(client, { id, identifier }) {
    const { paginateDescribeDBSnapshots } = await import("@aws-sdk/client-rds");
    const found: Snapshot[] = [];
    const which = id === undefined ? { DBInstanceIdentifier: identifier } : { DBSnapshotIdentifier: id };
    for await (const page of paginateDescribeDBSnapshots({ client }, { ...which, SnapshotType: "manual" })) {
      for (const one of page.DBSnapshots ?? []) {
        found.push({
          ...common(one),
          ...{ id: one.DBSnapshotIdentifier ?? "", arn: one.DBSnapshotArn ?? "", resourceId: one.DbiResourceId },
          isEncrypted: one.Encrypted === true,
        });
      }
    }
    return found;
  },
};

const clusterCalls: Calls = {
  actions: {
    ...{ create: "CreateDBClusterSnapshot", describe: "DescribeDBClusterSnapshots", copy: "CopyDBClusterSnapshot" },
    ...{ remove: "DeleteDBClusterSnapshot", tag: "AddTagsToResource" },
  },
  quota: "ManualClusterSnapshots",
  async copy(client, { arn, id, keyId, tags }) {
    const { CopyDBClusterSnapshotCommand } = await import("@aws-sdk/client-rds");
    const copied = { SourceDBClusterSnapshotIdentifier: arn, TargetDBClusterSnapshotIdentifier: id };
    await client.send(new CopyDBClusterSnapshotCommand({ ...copied, KmsKeyId: keyId, Tags: tags }));
  },
  async remove(client, id) {
    const { DeleteDBClusterSnapshotCommand } = await import("@aws-sdk/client-rds");
    await client.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: id }));
  },
  async create(client, { identifier, id, tags }) {
    const { CreateDBClusterSnapshotCommand } = await import("@aws-sdk/client-rds");
    await client.send(
      new CreateDBClusterSnapshotCommand({
        ...{ DBClusterIdentifier: identifier, DBClusterSnapshotIdentifier: id, Tags: tags },
      }),
    );
  },
  async describe(client, { id, identifier }) {
    const { paginateDescribeDBClusterSnapshots } = await import("@aws-sdk/client-rds");
    const found: Snapshot[] = [];
    const which = id === undefined ? { DBClusterIdentifier: identifier } : { DBClusterSnapshotIdentifier: id };
    for await (const page of paginateDescribeDBClusterSnapshots({ client }, { ...which, SnapshotType: "manual" })) {
      for (const one of page.DBClusterSnapshots ?? []) {
        found.push({
          ...common(one),
          ...{ id: one.DBClusterSnapshotIdentifier ?? "", arn: one.DBClusterSnapshotArn ?? "" },
          ...{ resourceId: one.DbClusterResourceId, isEncrypted: one.StorageEncrypted === true },
        });
      }
    }
    return found;
  },
};

/** What both kinds call by the same names. */
interface Described {
  readonly Status?: string | undefined;
  readonly PercentProgress?: number | undefined;
  readonly SnapshotCreateTime?: Date | undefined;
  readonly EngineVersion?: string | undefined;
  readonly AllocatedStorage?: number | undefined;
  readonly TagList?: Tag[] | undefined;
}

function common({ Status, PercentProgress, SnapshotCreateTime, EngineVersion, AllocatedStorage, TagList }: Described) {
  return {
    status: Status ?? "unknown",
    percent: PercentProgress ?? 0,
    takenAt: SnapshotCreateTime,
    engineVersion: EngineVersion ?? null,
    storageBytes: (AllocatedStorage ?? 0) * GIB,
    tags: tagsIn(TagList),
  };
}
