import type { ConnectionSettings } from "../../core/connection-settings.js";
import type { DatabaseConnection } from "../../core/database-connection.js";
import { HoldfastError } from "../../core/errors.js";
import { regionMissing, regionOfArn } from "./client-settings.js";
import { fetchSecretLogin } from "./fetch-secret-login.js";
import { rdsAuthorities } from "./rds-authorities.js";
import { signLoginToken } from "./sign-login-token.js";

/** The region of a database on AWS. @throws HoldfastError aws_region_missing */
export function regionOf({ region, secretArn, instance }: DatabaseConnection): string {
  const found = region ?? regionOfArn(secretArn ?? "");
  if (found === undefined) throw regionMissing(instance);
  return found;
}

/**
 * How to open a session with a database of RDS or Aurora. TLS is on and the certificate checked, name and all; the credential
 * is fetched each time somebody logs in.
 *
 * @throws HoldfastError invalid_config, aws_region_missing
 */
export async function awsSettings(connection: DatabaseConnection, schema?: string): Promise<ConnectionSettings> {
  const { host, port, database, user, ownerRole } = connection;
  const region = regionOf(connection);
  return {
    ...{ host, port, database, user, ownerRole },
    ...(schema !== undefined && { schema }),
    ssl: { ca: await rdsAuthorities(region) },
    password: passwordOf(connection, region),
    advice: adviceOf(connection),
  };
}

function passwordOf(connection: DatabaseConnection, region: string): () => Promise<string> {
  const { authentication, secretArn, host, port, user, instance: name } = connection;
  if (authentication === "iam") return () => signLoginToken({ name, region, host, port, user });
  if (authentication === "secret" && secretArn !== undefined) return () => fetchSecretLogin({ name, secretArn, user });
  throw new HoldfastError(
    "invalid_config",
    `The connection of "${name}" does not say how to log in: authentication is ${authentication ?? "not set"}.`,
    { next: 'On AWS it is "iam", or "secret" with a secretArn. Bring the stack up with the current components.' },
  );
}

/** What to do at 3 a.m., by what went wrong. */
function adviceOf({ authentication, user, identifier = "" }: DatabaseConnection): ConnectionSettings["advice"] {
  const unreachable =
    `The database ${identifier} lies in private subnets: run this from a host inside its network (a bastion, a CI runner in the VPC),\n` +
    "or over a VPN. Its security group must admit that host. Whether the database itself runs: aws rds describe-events.";
  const certificate =
    "Connect by the endpoint's own name, to which the certificate is bound, not by an address or a tunnel.\n" +
    "Of authorities newer than this version of Holdfast: export PGSSLROOTCERT=<file of AWS's bundle>.";
  const login =
    authentication === "iam"
      ? `Three things let ${user} in: the database has IAM authentication on, the role was granted rds_iam, and the policy of who runs this\n` +
        "allows rds-db:connect on it (by its resource id)."
      : "The password was just fetched from Secrets Manager: if it was rotated this minute, run it again. Otherwise look whether the role can log in.";
  return { unreachable, certificate, login };
}
