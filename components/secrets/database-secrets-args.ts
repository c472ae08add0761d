import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import type { GuardArgs } from "../guard.js";

/** A role of the database that logs in by a password, for a client that cannot use IAM tokens. */
export interface PasswordRoleArgs {
  /** As the database names it: 1 to 63 lower-case letters, digits and `_`, beginning with a letter. */
  readonly name: string;
  /** Days between two rotations, 1 to 90. Changed in place. @default 30 */
  readonly rotationDays?: number | undefined;
  /** ARNs of the IAM roles and users who may read the password. Changed in place. @default nobody but the administrators */
  readonly readers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

export interface DatabaseSecretsArgs extends GuardArgs {
  /** A database on AWS, for example `PersistentDatabase.connection`. Changed in place: the next rotation is on the new one. */
  readonly connection: pulumi.Input<DatabaseConnection>;
  /** ARN of the KMS key that encrypts the secrets, for example `EncryptionKey.arn`. Changed in place. */
  readonly keyArn: pulumi.Input<string>;
  /** Roles that log in by a password. One that is taken out keeps its secret until break-glass names it. @default none: IAM tokens need no secret */
  readonly roles?: PasswordRoleArgs[] | undefined;
  /** With `roles`: ARNs of the IAM roles and users who make the passwords by `holdfast secret create`. Changed in place. */
  readonly administrators?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** With `roles`: subnets from which the rotation reaches the database and Secrets Manager. Changed in place. */
  readonly subnetIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** With `roles`: security groups whose members reach both, for example `DatabaseNetwork.clientSecurityGroupId`. Changed in place. */
  readonly securityGroupIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Beside our own. @default none */
  readonly tags?: { [key: string]: pulumi.Input<string> } | undefined;
}
