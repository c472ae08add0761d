/**
 * What nobody may do to a vault, administrators included: delete a recovery point, shorten its life, or delete the vault.
 * AWS Backup still ends recovery points by their own lifecycle, which is no request. To change the policy stays allowed,
 * for a deploy that lifts it. Source: AWS Backup developer guide, "Vault access policies".
 */
export function denyDeletion(): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "NobodyDeletesBackups",
        Effect: "Deny",
        Principal: "*",
        Action: ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:DeleteBackupVault"],
        Resource: "*",
      },
    ],
  });
}
