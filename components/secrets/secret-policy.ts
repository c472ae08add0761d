/** Whoever is named may read and write values; nobody else, whatever his own policies say, and nobody without TLS. */
export function secretPolicy(principals: readonly string[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyThese",
        Effect: "Deny",
        Principal: "*",
        // Not what manages the secret: with it a deploy could lock itself out.
        Action: [
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        Resource: "*",
        Condition: { ArnNotEquals: { "aws:PrincipalArn": [...new Set(principals)].sort() } },
      },
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "secretsmanager:*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
