/** Where a key is: its own account and region. */
export interface KeyPlace {
  readonly account: string;
  readonly region: string;
  /** "aws", "aws-cn" or "aws-us-gov". */
  readonly partition: string;
}

/** Who writes to topics, event buses and vaults that the key encrypts. */
const PUBLISHERS = ["backup", "cloudwatch", "events", "events.rds"].map((service) => `${service}.amazonaws.com`);

/**
 * The account administers the key by its IAM policies; services of this account use it for what they write. Nobody of another
 * account does, and no statement is open to all (Security Hub KMS.5).
 *
 * RDS and AWS Backup encrypt through grants that the deploying principal makes, for which the account's statement is enough.
 */
export function keyPolicy({ account, region, partition }: KeyPlace): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountAdministers",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "PublishersEncrypt",
        Effect: "Allow",
        Principal: { Service: PUBLISHERS },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
      {
        Sid: "LogsEncrypt",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:*` },
        },
      },
    ],
  });
}
