/** Databases in a simulated AWS, with faults in front of it, as a restore finds them. */
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { setEnvironment } from "./environment.js";
import { startFaultyAws, type FaultyAws } from "./faulty-aws.js";
import { MOTO_REGION, startMoto, type Moto } from "./moto.js";

export interface AwsWorld {
  readonly moto: Moto;
  readonly aws: FaultyAws;
  /** Past the faults. */
  readonly rds: RDSClient;
  /** In another region. */
  readonly elsewhere: RDSClient;
  stop(): Promise<void>;
}

export const OTHER_REGION = "eu-west-1";

/** Everything in this process that speaks to AWS speaks to it. */
export async function startAwsWorld(): Promise<AwsWorld> {
  const moto = await startMoto();
  const aws = await startFaultyAws(moto.url);
  const restore = setEnvironment({ ...moto.env, AWS_ENDPOINT_URL: aws.url });
  const [rds, elsewhere] = [MOTO_REGION, OTHER_REGION].map(
    (region) => new RDSClient({ region, endpoint: moto.url }),
  ) as [RDSClient, RDSClient];
  return {
    ...{ moto, aws, rds, elsewhere },
    stop: async () => {
      restore();
      rds.destroy();
      elsewhere.destroy();
      await aws.stop();
      await moto.stop();
    },
  };
}

export const IDENTIFIER = "shop-prod-database";
export const SECURITY_GROUPS = ["sg-0123456789abcdef0", "sg-0123456789abcdef1"];

/** An instance of RDS in a network, with parameters and a port of its own. */
export async function makeInstance(world: AwsWorld, identifier = IDENTIFIER): Promise<DatabaseConnection> {
  const { rds } = world;
  await makeNetwork(world);
  await rds.send(
    new CreateDBParameterGroupCommand({
      ...{ DBParameterGroupName: "shop-parameters", DBParameterGroupFamily: "postgres17", Description: "of a test" },
    }),
  );
  const { DBInstance } = await rds.send(
    new CreateDBInstanceCommand({
      ...{ DBInstanceIdentifier: identifier, Engine: "postgres", EngineVersion: "17.7", AllocatedStorage: 20 },
      ...{ DBInstanceClass: "db.t4g.medium", MasterUsername: "master", ManageMasterUserPassword: true, Port: 5433 },
      ...{ DBSubnetGroupName: "shop-subnets", VpcSecurityGroupIds: SECURITY_GROUPS },
      ...{ DBParameterGroupName: "shop-parameters", EnableIAMDatabaseAuthentication: true, StorageEncrypted: true },
    }),
  );
  return connectionTo("rds", identifier, DBInstance?.DbiResourceId ?? "", DBInstance?.MasterUserSecret?.SecretArn);
}

/** A cluster of Aurora with its writer. */
export async function makeCluster(world: AwsWorld, identifier = "shop-prod-cluster"): Promise<DatabaseConnection> {
  const { rds } = world;
  await makeNetwork(world);
  const { DBCluster } = await rds.send(
    new CreateDBClusterCommand({
      ...{ DBClusterIdentifier: identifier, Engine: "aurora-postgresql", EngineVersion: "17.5", Port: 5433 },
      ...{ MasterUsername: "master", MasterUserPassword: "not-for-long", DBSubnetGroupName: "shop-subnets" },
      ...{ VpcSecurityGroupIds: SECURITY_GROUPS, EnableIAMDatabaseAuthentication: true },
    }),
  );
  await rds.send(
    new CreateDBInstanceCommand({
      ...{ DBInstanceIdentifier: `${identifier}-1`, DBClusterIdentifier: identifier, Engine: "aurora-postgresql" },
      DBInstanceClass: "db.r7g.large",
    }),
  );
  return { ...connectionTo("aurora", identifier, DBCluster?.DbClusterResourceId ?? ""), authentication: "iam" };
}

async function makeNetwork({ rds, moto }: Pick<AwsWorld, "rds" | "moto">): Promise<void> {
  await rds.send(
    new CreateDBSubnetGroupCommand({
      ...{ DBSubnetGroupName: "shop-subnets", DBSubnetGroupDescription: "of a test" },
      SubnetIds: await defaultSubnets(moto),
    }),
  );
}

/** Of the VPC that every account has. */
async function defaultSubnets({ url }: Moto): Promise<string[]> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20260119/${MOTO_REGION}/ec2/aws4_request`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "Action=DescribeSubnets&Version=2016-11-15",
  });
  return [...(await answer.text()).matchAll(/<subnetId>([^<]*)</g)].map(([, id = ""]) => id);
}

export function connectionTo(
  kind: "rds" | "aurora",
  identifier: string,
  resourceId: string,
  secretArn?: string,
): DatabaseConnection {
  return {
    ...{ kind, identifier, resourceId, host: "db.example", port: 5433, database: "app", user: "master" },
    ...{ ownerRole: "app_owner", project: "shop", instance: "prod", region: MOTO_REGION },
    ...(secretArn === undefined ? { authentication: "iam" } : { authentication: "secret", secretArn }),
  };
}

/** A key of that region. @returns its ARN */
export async function makeKey({ url }: Moto, region: string): Promise<string> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20260119/${region}/kms/aws4_request`,
      ...{ "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.CreateKey" },
    },
    body: "{}",
  });
  return ((await answer.json()) as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn;
}
