import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { databaseAddress } from "./database-address.js";
import { describeFailure } from "./describe-failure.js";
import { rotateSecret } from "./rotate-secret.js";
import type { RotationEvent } from "./rotation-event.js";
import { SecretVersions } from "./secret-versions.js";

const client = new SecretsManagerClient({});

/** The Lambda function that Secrets Manager calls. One line of JSON a step goes to its log; no value of the secret does. */
export async function handler(event: RotationEvent): Promise<void> {
  const told = { step: event.Step, secret: event.SecretId, version: event.ClientRequestToken };
  try {
    const versions = new SecretVersions(client, event.SecretId);
    const outcome = await rotateSecret(event, { address: databaseAddress(process.env), versions });
    log({ ...told, outcome });
  } catch (error) {
    const failure = describeFailure(error);
    log({ ...told, failure });
    // The runtime prints what is thrown with all its fields: those of the driver and of the SDK stay here.
    throw new Error(failure);
  }
}

function log(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
