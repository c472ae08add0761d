import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { parseCredential, renderCredential, type RoleCredential } from "../engine/core/role-credential.js";
import { RotationFault } from "./rotation-fault.js";

export interface VersionStages {
  readonly isRotated: boolean;
  /** Version id to its labels: AWSCURRENT, AWSPENDING, AWSPREVIOUS. */
  readonly stages: ReadonlyMap<string, readonly string[]>;
}

export interface NewVersion {
  readonly version: string;
  readonly credential: RoleCredential;
  readonly rotationToken: string | undefined;
}

/** The versions of one secret in Secrets Manager. */
export class SecretVersions {
  constructor(
    private readonly client: SecretsManagerClient,
    readonly secretId: string,
  ) {}

  async describe(): Promise<VersionStages> {
    const { RotationEnabled = false, VersionIdsToStages = {} } = await this.client.send(
      new DescribeSecretCommand({ SecretId: this.secretId }),
    );
    return { isRotated: RotationEnabled, stages: new Map(Object.entries(VersionIdsToStages)) };
  }

  /** Undefined for a version that has no value yet, or is not there. */
  async read(version: string): Promise<RoleCredential | undefined> {
    try {
      const { SecretString } = await this.client.send(
        new GetSecretValueCommand({ SecretId: this.secretId, VersionId: version }),
      );
      return parseCredential(SecretString ?? "") ?? throwUnreadable(version);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** Gives the version its value and the label AWSPENDING. */
  async putPending({ version, credential, rotationToken }: NewVersion): Promise<void> {
    await this.client.send(
      new PutSecretValueCommand({
        SecretId: this.secretId,
        ClientRequestToken: version,
        SecretString: renderCredential(credential),
        VersionStages: ["AWSPENDING"],
        ...(rotationToken !== undefined && { RotationToken: rotationToken }),
      }),
    );
  }

  /** Versions that lost their labels, newest first: Secrets Manager keeps them for a while. */
  async withoutLabel(): Promise<string[]> {
    const { Versions = [] } = await this.client.send(
      new ListSecretVersionIdsCommand({ SecretId: this.secretId, IncludeDeprecated: true, MaxResults: 100 }),
    );
    return Versions.filter(({ VersionStages = [] }) => VersionStages.length === 0)
      .sort((a, b) => (b.CreatedDate?.getTime() ?? 0) - (a.CreatedDate?.getTime() ?? 0))
      .flatMap(({ VersionId }) => VersionId ?? []);
  }

  /** Moves AWSCURRENT; Secrets Manager then gives AWSPREVIOUS to the version it was taken from. */
  async makeCurrent(version: string, instead: string): Promise<void> {
    await this.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.secretId,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: version,
        RemoveFromVersionId: instead,
      }),
    );
  }
}

function throwUnreadable(version: string): never {
  throw new RotationFault(`Version ${version} of the secret is not JSON with username and password.`);
}
