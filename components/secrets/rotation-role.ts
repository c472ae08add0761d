import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as iam from "@pulumi/aws/iam/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { RotationRequest } from "./rotation-function.js";

export interface RotationRole {
  readonly role: iam.Role;
  /** What it may do; nothing that needs it comes before. */
  readonly policy: iam.RolePolicy;
}

/** The function's own role: these secrets, this key for these secrets, this log, and the interfaces of its network. */
export function createRotationRole(request: RotationRequest, logGroup: cloudwatch.LogGroup): RotationRole {
  const { component, name, tags, keyArn, secretArns } = request;
  const role = new iam.Role(
    `${name}-rotation-role`,
    { description: "Rotates passwords of database roles", assumeRolePolicy: TRUST, tags },
    { parent: component },
  );
  const policy = new iam.RolePolicy(
    `${name}-rotation-policy`,
    { role: role.name, policy: pulumi.all([secretArns, keyArn, logGroup.arn]).apply(renderPolicy) },
    { parent: component },
  );
  return { role, policy };
}

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

function renderPolicy([secretArns, keyArn, logGroupArn]: [string[], string, string]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Secrets",
        Effect: "Allow",
        Action: [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:ListSecretVersionIds",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        Resource: secretArns,
      },
      {
        Sid: "Key",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: keyArn,
        // Secrets Manager names the secret to the key (user guide, "Secret encryption and decryption").
        Condition: { StringEquals: { "kms:EncryptionContext:SecretARN": secretArns } },
      },
      {
        Sid: "Log",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${logGroupArn}:*`,
      },
      {
        // What Lambda needs to put a function into a VPC, on all resources (developer guide, "Giving Lambda functions access
        // to resources in an Amazon VPC"); the key is there only when the function's own code asks, which need not.
        Sid: "NetworkInterfaces",
        Effect: "Allow",
        Action: [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets",
          "ec2:UnassignPrivateIpAddresses",
        ],
        Resource: "*",
        Condition: { Null: { "lambda:SourceFunctionArn": "true" } },
      },
    ],
  });
}
