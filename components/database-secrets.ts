import * as secretsmanager from "@pulumi/aws/secretsmanager/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../engine/core/database-connection.js";
import { placeOf } from "./aws-place.js";
import { breakGlassFaults } from "./break-glass.js";
import { isProtection } from "./check-values.js";
import { cleanError, refuse } from "./fault.js";
import { Guard } from "./guard.js";
import { pinnedOptions } from "./pinned-inputs.js";
import { databaseSecretsFaults } from "./secrets/check-database-secrets.js";
import type { DatabaseSecretsArgs, PasswordRoleArgs } from "./secrets/database-secrets-args.js";
import { createRotationFunction, type RotationFunction } from "./secrets/rotation-function.js";
import { secretPolicy } from "./secrets/secret-policy.js";
import { tagsOf, type Tags } from "./tags.js";

export type { DatabaseSecretsArgs, PasswordRoleArgs } from "./secrets/database-secrets-args.js";

const CLASS = "DatabaseSecrets";
/** What makes AWS replace a secret (provider schema of aws_secretsmanager_secret). */
const PINNED = ["name", "namePrefix", "type", "region"];
const WAYS = {
  region:
    "A secret stays in its region. Keep the provider's region, or give this component a provider of its old one, and add a second " +
    "DatabaseSecrets for the other region.",
};
const ROTATION_DAYS = 30;
/** The longest Secrets Manager waits before a deleted secret is gone. */
const RECOVERY_DAYS = 30;

/**
 * Places for the passwords of roles that cannot use IAM tokens: a secret each, under an own key, for named readers, rotated. The
 * program never holds a password: `holdfast secret create` makes the first one, the rotation all later ones. Only ARNs come out.
 *
 * @throws RunError for arguments that cannot work, with all faults at once
 */
export class DatabaseSecrets extends pulumi.ComponentResource {
  /** Of the secret RDS keeps for the master user, and rotates itself. */
  readonly masterSecretArn: pulumi.Output<string | undefined>;
  /** By role. */
  readonly secretArns: pulumi.Output<{ [role: string]: string }>;
  /** By role: how its clients connect. No password. */
  readonly connections: pulumi.Output<{ [role: string]: DatabaseConnection }>;
  /** For alarms: its errors are rotations that failed. Empty without roles. */
  readonly rotationFunctionNames: pulumi.Output<string[]>;

  constructor(name: string, args: DatabaseSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    const functionName = `${pulumi.getProject()}-${pulumi.getStack()}-${name}-rotation`;
    refuse(CLASS, name, [
      ...databaseSecretsFaults(args, functionName),
      ...isProtection(args.protection),
      ...breakGlassFaults(args.breakGlass ?? []),
    ]);
    const { region } = placeOf(opts);
    super(`holdfast:index:${CLASS}`, name, { ...args, region }, pinnedOptions(CLASS, name, WAYS, opts));
    const connection = pulumi.output(args.connection).apply((given) => onAws(name, given));
    const roles = args.roles ?? [];
    const guard = new Guard(this, name, args);
    const tags = tagsOf(name, args.tags);
    const secrets = roles.map((role) => ({ role, secret: this.createSecret(name, role, { args, guard, tags }) }));
    const secretArns = pulumi.all(Object.fromEntries(secrets.map(({ role, secret }) => [role.name, secret.arn])));
    this.masterSecretArn = connection.apply(({ secretArn }) => secretArn);
    this.secretArns = secretArns;
    this.connections = pulumi.all([connection, secretArns]).apply(([given, arns]) => connectionsOf(given, arns));
    this.rotationFunctionNames = pulumi.output([]);
    if (roles.length > 0) {
      const rotation = createRotationFunction({
        component: this,
        ...{ name, functionName, connection, tags, keyArn: args.keyArn },
        secretArns: pulumi.output(secrets.map(({ secret }) => secret.arn)),
        subnetIds: args.subnetIds ?? [],
        securityGroupIds: args.securityGroupIds ?? [],
      });
      for (const each of secrets) this.rotate(name, each, { args, rotation });
      this.rotationFunctionNames = pulumi.all([rotation.function.name]);
    }
    this.registerOutputs({
      masterSecretArn: this.masterSecretArn,
      secretArns: this.secretArns,
      connections: this.connections,
      rotationFunctionNames: this.rotationFunctionNames,
    });
  }

  /** No version of it: a value in the program would be in the state, too. */
  private createSecret(name: string, role: PasswordRoleArgs, context: SecretContext): secretsmanager.Secret {
    const { args, guard, tags } = context;
    const secretName = `${pulumi.getProject()}/${pulumi.getStack()}/${name}/${role.name}`;
    const child = `${name}-${role.name}`;
    const secret = new secretsmanager.Secret(
      child,
      {
        name: secretName,
        description: `Password of the database role ${role.name}; made by holdfast secret create`,
        kmsKeyId: args.keyArn,
        // A review stack's next one has the same name, which is taken as long as the old secret can be recovered.
        recoveryWindowInDays: guard.isEphemeral ? 0 : RECOVERY_DAYS,
        forceOverwriteReplicaSecret: false,
        tags: { ...tags, "holdfast:role": role.name },
      },
      guard.options({ name: child, identifier: secretName }, PINNED),
    );
    guard.mark(child, secret);
    return secret;
  }

  private rotate(
    name: string,
    { role, secret }: { readonly role: PasswordRoleArgs; readonly secret: secretsmanager.Secret },
    { args, rotation }: { readonly args: DatabaseSecretsArgs; readonly rotation: RotationFunction },
  ): void {
    const child = `${name}-${role.name}`;
    const principals = pulumi.all([args.administrators ?? [], role.readers ?? [], rotation.roleArn]);
    const policy = new secretsmanager.SecretPolicy(
      `${child}-policy`,
      {
        secretArn: secret.arn,
        blockPublicPolicy: true,
        policy: principals.apply(([administrators, readers, own]) =>
          secretPolicy([...administrators, ...readers, own]),
        ),
      },
      { parent: this, deleteBeforeReplace: false },
    );
    new secretsmanager.SecretRotation(
      `${child}-rotation`,
      {
        secretId: secret.id,
        rotationLambdaArn: rotation.function.arn,
        rotationEnabled: true,
        // By now there may be no password that could be rotated, and later nobody waits for one.
        rotateImmediately: false,
        rotationRules: { automaticallyAfterDays: role.rotationDays ?? ROTATION_DAYS },
      },
      { parent: this, deleteBeforeReplace: false, dependsOn: [policy, rotation.permission] },
    );
  }
}

interface SecretContext {
  readonly args: DatabaseSecretsArgs;
  readonly guard: Guard;
  readonly tags: Tags;
}

/** Of an embedded database the passwords lie in the data root, and there is nothing to rotate. */
function onAws(name: string, connection: DatabaseConnection): DatabaseConnection {
  if (connection.kind !== "embedded") return connection;
  throw cleanError(
    `${CLASS} "${name}" is for a database on AWS; "${connection.instance}" is an embedded one. Leave it out: ` +
      "holdfast secret create puts a local role's password into the data root.",
  );
}

function connectionsOf(
  connection: DatabaseConnection,
  secretArns: Readonly<Record<string, string>>,
): Record<string, DatabaseConnection> {
  return Object.fromEntries(
    Object.entries(secretArns).map(([role, secretArn]) => [
      role,
      { ...connection, user: role, authentication: "secret", secretArn },
    ]),
  );
}
