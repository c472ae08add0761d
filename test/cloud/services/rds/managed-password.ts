import { newUuid, type CloudRegion } from "../../cloud-region.js";
import { isZero, type Properties } from "../../values.js";
import { managedKey, requireKey } from "../refuse.js";
import { secretArn } from "../secret-arn.js";

export const MANAGED_SECRET = "rds-managed-secret";

/** The value of every managed secret begins with this, so that a test finds it wherever it should not be. */
export const KNOWN_SECRET_MARK = "simulated-secret-value";

/**
 * RDS makes a secret named `rds!…` for the master user, owns it, and rotates it every 7 days. It is no resource of any
 * program. Returns what the provider tells of it.
 */
export function makeManagedSecret(
  cloud: CloudRegion,
  kind: "db" | "cluster",
  owner: string,
  inputs: Properties,
): Properties {
  const asked = inputs["masterUserSecretKmsKeyId"];
  requireKey(cloud, asked);
  const kmsKeyId = isZero(asked) ? managedKey(cloud, "secretsmanager") : asked;
  const name = `rds!${kind}-${newUuid()}`;
  const arn = secretArn(cloud, name);
  cloud.add(
    MANAGED_SECRET,
    arn,
    { arn, name, kmsKeyId, owner, rotationDays: 7 },
    { value: secretValue(inputs, 1), version: 1 },
  );
  return { kmsKeyId, secretArn: arn, secretStatus: "active" };
}

/** As RDS does when it is time: another password, the same ARN. */
export function rotateManagedSecret(cloud: CloudRegion, arn: string): void {
  const held = cloud.find(MANAGED_SECRET, arn);
  if (held === undefined) throw new Error(`no managed secret ${arn}`);
  const version = Number(held.hidden["version"]) + 1;
  const { username } = JSON.parse(String(held.hidden["value"])) as { username: string };
  held.hidden = { value: secretValue({ username }, version), version };
  cloud.store.put(held);
}

/** With the database goes its secret, at once and for ever. */
export function removeManagedSecrets(cloud: CloudRegion, owner: string): void {
  for (const held of cloud.list(MANAGED_SECRET)) if (held.attributes["owner"] === owner) cloud.store.remove(held);
}

function secretValue(inputs: Properties, version: number): string {
  const username = inputs["username"] ?? inputs["masterUsername"];
  return JSON.stringify({ username, password: `${KNOWN_SECRET_MARK}-${version}-${newUuid().slice(10, 18)}` });
}
