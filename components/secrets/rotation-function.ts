import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as lambda from "@pulumi/aws/lambda/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { rotationBundle } from "./rotation-bundle.js";
import { createRotationRole, type RotationRole } from "./rotation-role.js";

export interface RotationRequest {
  readonly component: pulumi.ComponentResource;
  /** Begins the children's names. */
  readonly name: string;
  readonly functionName: string;
  readonly connection: pulumi.Output<DatabaseConnection>;
  readonly keyArn: pulumi.Input<string>;
  readonly secretArns: pulumi.Output<string[]>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly tags: Record<string, pulumi.Input<string>>;
}

export interface RotationFunction {
  readonly function: lambda.Function;
  readonly roleArn: pulumi.Output<string>;
  /** That Secrets Manager may call it; a rotation that is set up before is refused. */
  readonly permission: lambda.Permission;
}

/** The Lambda function that rotates the passwords of one component's roles, beside the database. */
export function createRotationFunction(request: RotationRequest): RotationFunction {
  const { component, name, functionName, keyArn, tags } = request;
  const logGroup = new cloudwatch.LogGroup(
    `${name}-rotation-log`,
    { name: `/aws/lambda/${functionName}`, retentionInDays: 365, kmsKeyId: keyArn, tags },
    { parent: component },
  );
  const rights = createRotationRole(request, logGroup);
  const rotation = createFunction(request, logGroup, rights);
  const permission = new lambda.Permission(
    `${name}-rotation-permission`,
    {
      action: "lambda:InvokeFunction",
      function: rotation.name,
      principal: "secretsmanager.amazonaws.com",
      // Nobody else's Secrets Manager (user guide, "Lambda function execution role permissions").
      sourceAccount: pulumi.output(keyArn).apply((arn) => arn.split(":")[4] ?? ""),
    },
    { parent: component },
  );
  return { function: rotation, roleArn: rights.role.arn, permission };
}

/** Rotations are rare and short: the least memory with which TLS does not wait for the processor. */
const MEMORY_MIB = 256;
/** Four logins of at most 10 s each, and what AWS takes to answer. */
const TIMEOUT_SECONDS = 60;

function createFunction(
  { component, name, functionName, connection, subnetIds, securityGroupIds, tags }: RotationRequest,
  logGroup: cloudwatch.LogGroup,
  { role, policy }: RotationRole,
): lambda.Function {
  return new lambda.Function(
    `${name}-rotation`,
    {
      name: functionName,
      description: "Rotates passwords of database roles",
      packageType: "Zip",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: rotationBundle(),
      role: role.arn,
      memorySize: MEMORY_MIB,
      timeout: TIMEOUT_SECONDS,
      publish: false,
      vpcConfig: { subnetIds, securityGroupIds },
      loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
      tracingConfig: { mode: "PassThrough" },
      environment: { variables: connection.apply(variablesOf) },
      tags,
    },
    // A VPC's interfaces are made and unmade by the role: it must have its rights before, and keep them until after.
    { parent: component, dependsOn: [policy, logGroup] },
  );
}

/** Nothing secret: the password is read from Secrets Manager, when one is rotated. */
function variablesOf({ host, port, database }: DatabaseConnection): Record<string, string> {
  return {
    DATABASE_HOST: host,
    DATABASE_PORT: String(port),
    DATABASE_NAME: database,
    // Those who sign RDS's certificates, from the bundle (Lambda puts it there).
    NODE_EXTRA_CA_CERTS: "/var/task/rds-ca.pem",
  };
}
