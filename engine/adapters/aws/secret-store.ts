import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { HoldfastError } from "../../core/errors.js";
import { parseCredential, renderCredential, type RoleCredential } from "../../core/role-credential.js";
import { awsError, type AwsFault } from "./aws-errors.js";
import { clientSettings, regionOfArn } from "./client-settings.js";

export interface StoredSecret {
  readonly arn: string;
  /** Whose password it is to hold; a secret of another one is refused. */
  readonly role: string;
}

/**
 * The secret of one role in AWS Secrets Manager. DatabaseSecrets made it, empty; the value comes here, and later from its
 * rotation.
 *
 * @throws HoldfastError secret_unusable where it is not there, is RDS's own, or not under a key of the account's own; what
 * awsError names. None holds anything of the secret.
 */
export async function openSecret(stored: StoredSecret): Promise<SecretStore> {
  const region = regionOfArn(stored.arn);
  if (region === undefined || !stored.arn.includes(":secretsmanager:")) {
    throw new HoldfastError("invalid_usage", `"${stored.arn}" is not the ARN of a secret.`, {
      next: "Give the whole ARN, as DatabaseSecrets puts it out: secretArns.",
    });
  }
  const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const store = new SecretStore(stored, region, new SecretsManagerClient(clientSettings(region)));
  await store.refuseUnfit();
  return store;
}

export class SecretStore {
  constructor(
    private readonly stored: StoredSecret,
    private readonly region: string,
    private readonly client: SecretsManagerClient,
  ) {}

  current(): Promise<RoleCredential | undefined> {
    return this.read("AWSCURRENT");
  }

  pending(): Promise<RoleCredential | undefined> {
    return this.read("AWSPENDING");
  }

  async put(credential: RoleCredential): Promise<void> {
    const { PutSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
    const SecretString = renderCredential(credential);
    const command = new PutSecretValueCommand({ SecretId: this.stored.arn, SecretString });
    await this.ask("PutSecretValue", () => this.client.send(command));
  }

  close(): void {
    this.client.destroy();
  }

  async refuseUnfit(): Promise<void> {
    const { DescribeSecretCommand } = await import("@aws-sdk/client-secrets-manager");
    const command = new DescribeSecretCommand({ SecretId: this.stored.arn });
    const found = await this.ask("DescribeSecret", () => this.client.send(command));
    if (found === undefined) throw this.unusable(`is not there, or not in this account and ${this.region}`);
    if (found.DeletedDate !== undefined) throw this.unusable("is waiting to be deleted");
    if (found.OwningService !== undefined) throw this.unusable(`belongs to ${found.OwningService}, which rotates it`);
    // Without a key of its own it is under one that every principal of the account may use.
    if (found.KmsKeyId === undefined) throw this.unusable("is not encrypted under a key of its own");
  }

  private async read(stage: string): Promise<RoleCredential | undefined> {
    const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
    const command = new GetSecretValueCommand({ SecretId: this.stored.arn, VersionStage: stage });
    const found = await this.ask("GetSecretValue", () => this.client.send(command));
    if (found === undefined) return undefined;
    const credential = parseCredential(found.SecretString ?? "");
    if (credential === undefined) throw this.unusable("does not hold JSON with username and password");
    if (credential.username !== this.stored.role) throw this.unusable(`belongs to ${credential.username}`);
    return credential;
  }

  /** Undefined where the secret, or a version of it with that label, is not there. */
  private async ask<T>(action: string, send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await send();
    } catch (error) {
      if ((error as AwsFault).name === "ResourceNotFoundException") return undefined;
      throw awsError(error, {
        what: `The secret of ${this.stored.role} could not be ${action === "PutSecretValue" ? "written" : "read"}`,
        action: `secretsmanager:${action}`,
        region: this.region,
      });
    }
  }

  private unusable(fault: string): HoldfastError {
    const { role, arn } = this.stored;
    return new HoldfastError("secret_unusable", `The secret for the password of ${role} ${fault}: ${arn}.`, {
      next: "Give the ARN that DatabaseSecrets puts out for this role (secretArns); if the stack has none yet: pulumi up.",
    });
  }
}
