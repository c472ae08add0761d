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
  request(verb: "create" | "describe"): AwsRequest;
  create(id: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Undefined where there is none of that id. */
  find(id: string): Promise<Snapshot | undefined>;
  /** All taken by hand or by a deploy, of the database that bears the identifier now. */
  list(): Promise<readonly Snapshot[]>;
}

const GIB = 1024 ** 3;

/** @throws HoldfastError aws_region_missing */
export function snapshotApi(connection: DatabaseConnection): SnapshotApi {
  const region = regionOf(connection);
  const calls = connection.kind === "aurora" ? clusterCalls : instanceCalls;
  const identifier = connection.identifier ?? "";
  return {
    region,
    request: (verb) => ({
      what: `The snapshot of "${connection.instance}" could not be ${verb === "create" ? "taken" : "looked up"}`,
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
  };
}

interface NewSnapshot {
  readonly identifier: string;
  readonly id: string;
  readonly tags: Tag[];
}

interface Calls {
  readonly actions: Readonly<Record<"create" | "describe", string>>;
  create(client: RDSClient, snapshot: NewSnapshot): Promise<void>;
  describe(client: RDSClient, which: { readonly id?: string; readonly identifier?: string }): Promise<Snapshot[]>;
}

const instanceCalls: Calls = {
  actions: { create: "CreateDBSnapshot", describe: "DescribeDBSnapshots" },
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
  actions: { create: "CreateDBClusterSnapshot", describe: "DescribeDBClusterSnapshots" },
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
